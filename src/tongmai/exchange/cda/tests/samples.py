"""Shared documents for tests: written as Chinese vendors write them; every part can be replaced."""

import base64

CITIZEN = "340199198407210029"
OTHER = "340199195703120016"
MAKER = "示例县人民医院"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

NARRATIVE = """
<paragraph>患者因<content styleCode="Bold">胸痛 3 天</content>入院。</paragraph>
<list listType="ordered"><item>冠状动脉造影<br/>未见狭窄</item><item>胃镜</item></list>
<table border="1"><thead><tr><th>项目</th><th colspan="2">结果</th></tr></thead>
<tbody><tr><td>血红蛋白</td><td>128</td><td>g/L</td></tr></tbody></table>
<linkHtml href="https://example.org/x">见参考</linkHtml><renderMultiMedia referencedObject="P1"/>
"""


def patient(
    number: str = "0001", name: str = "示例陶", citizen: str = CITIZEN, born: str = "19840721", sex: str = "2",
    root: str = "1.2.156.999.1",
) -> str:  # fmt: skip
    """Return a record target; `citizen` "": the document does not give her number."""
    given = f'<id root="2.16.156.10011.1.3" extension="{citizen}"/>' if citizen else ""
    return f"""<recordTarget typeCode="RCT" contextControlCode="OP"><patientRole classCode="PAT">
  <id root="{root}" extension="{number}"/>
  <addr use="H"><houseNumber>1号</houseNumber><township>甲镇</township><county>示例县</county><state>示例省</state></addr>
  <telecom value="tel:13900000001"/>
  <patient classCode="PSN" determinerCode="INSTANCE">{given}<name>{name}</name>
    <administrativeGenderCode code="{sex}" codeSystem="2.16.156.10011.2.3.3.4" displayName="女性"/>
    <birthTime value="{born}"/></patient></patientRole></recordTarget>"""


def section(text: str = NARRATIVE, *more: str, title: str = "诊疗过程", code: str = "8648-8") -> str:
    """Return a section with other sections inside."""
    inner = "".join(f"<component>{each}</component>" for each in more)
    return (
        f'<section><code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName="Hospital Course"/>'
        f"<title>{title}</title><text>{text}</text>"
        f'<entry><observation classCode="OBS" moodCode="EVN"><code code="X"/></observation></entry>{inner}</section>'
    )


def structured(*sections: str) -> str:
    inner = "".join(f"<component>{each}</component>" for each in sections or (section(),))
    return f"<component><structuredBody>{inner}</structuredBody></component>"


def attached(content: bytes = PDF, media: str = "application/pdf") -> str:
    written = base64.b64encode(content).decode()
    return f'<component><nonXMLBody><text mediaType="{media}" representation="B64">{written}</text></nonXMLBody></component>'


def visit(number: str = "ZY001", low: str = "20261101083000", high: str = "20261110160000") -> str:
    ends = f'<low value="{low}"/>' + (f'<high value="{high}"/>' if high else "")
    return f"""<componentOf><encompassingEncounter><id root="2.16.156.10011.1.12" extension="{number}"/>
  <code code="IMP" codeSystem="2.16.840.1.113883.5.4"/><effectiveTime>{ends}</effectiveTime>
  <location><healthCareFacility><serviceProviderOrganization><name>心内科</name></serviceProviderOrganization>
  </healthCareFacility></location></encompassingEncounter></componentOf>"""


def related(how: str, number: str, root: str = "2.16.156.10011.1.1") -> str:
    return (
        f'<relatedDocument typeCode="{how}"><parentDocument><id root="{root}" extension="{number}"/></parentDocument>'
        "</relatedDocument>"
    )


HEAD = """<realmCode code="CN"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_MT000040"/>
<templateId root="2.16.156.10011.2.1.1.73"/>"""


def document(
    number: str = "D1", *, set_number: str = "S1", version: str = "1", at: str = "20261110170000",
    title: str = "出院小结", who: str = "", body: str = "", confidentiality: str = "N", maker: str = MAKER,
    between: str = "", encounter: str = "", declared: str = "UTF-8", encoding: str = "utf-8", prefix: str = "",
) -> bytes:  # fmt: skip
    """Return a discharge summary; `prefix` puts every element of it under a prefix of the namespace."""
    own_set = f'<setId root="2.16.156.10011.1.1" extension="{set_number}"/>' if set_number else ""
    counted = f'<versionNumber value="{version}"/>' if version else ""
    keeper = (
        "<custodian><assignedCustodian><representedCustodianOrganization>"
        f'<id root="2.16.156.10011.1.5" extension=""/><name>{maker}</name>'
        "</representedCustodianOrganization></assignedCustodian></custodian>"
    )
    text = f"""<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{HEAD}<id root="2.16.156.10011.1.1" extension="{number}"/>
<code code="C0053" codeSystem="2.16.156.10011.2.4"/><title>{title}</title><effectiveTime value="{at}"/>
<confidentialityCode code="{confidentiality}" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="zh-CN"/>
{own_set}{counted}{who or patient()}
<author><time value="{at}"/><assignedAuthor><id root="2.16.156.10011.1.7" extension="10021"/>
  <assignedPerson><name>示例钱</name></assignedPerson><representedOrganization><name>心内科</name></representedOrganization>
</assignedAuthor></author>{keeper}
<legalAuthenticator><time value="{at}"/><signatureCode code="S"/><assignedEntity><id extension="10001"/>
  <assignedPerson><name>示例孙</name></assignedPerson></assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><code code="PROC" displayName="住院诊疗"/>
  <effectiveTime><low value="20261101083000"/></effectiveTime></serviceEvent></documentationOf>
{between}{encounter}{body or structured()}</ClinicalDocument>"""
    if prefix:
        text = prefixed(text, prefix)
    return (f'<?xml version="1.0" encoding="{declared}"?>\n{text}').encode(encoding)


def prefixed(text: str, prefix: str) -> str:
    """Return the same document with its namespace under a prefix."""
    text = text.replace("</", "\x01").replace("<", f"<{prefix}:").replace("\x01", f"</{prefix}:")
    return text.replace('xmlns="urn', f'xmlns:{prefix}="urn')
