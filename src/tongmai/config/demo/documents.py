"""A discharge summary as a hospital's own system writes it (CDA R2)."""

from datetime import datetime, timedelta

from tongmai.kernel.months import REPORTING_ZONE

_SUMMARY = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_MT000040"/>
<id root="2.16.156.10011.1.1" extension="{number}"/>
<code code="C0053" codeSystem="2.16.156.10011.2.4"/><title>出院小结</title><effectiveTime value="{written}"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="zh-CN"/>
<setId root="2.16.156.10011.1.1" extension="{number}"/><versionNumber value="1"/>
<recordTarget><patientRole><id root="1.2.156.999.1" extension="{local}"/>
<patient><id root="2.16.156.10011.1.3" extension="{citizen}"/><name>{name}</name>
<administrativeGenderCode code="{sex}"/><birthTime value="{born}"/></patient></patientRole></recordTarget>
<author><time value="{written}"/><assignedAuthor><id root="2.16.156.10011.1.7" extension="10021"/>
<assignedPerson><name>示例钱</name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><name>{maker}</name>
</representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody>
<component><section><title>入院情况</title><text><paragraph>反复口干、多饮三年，血糖控制不佳一月入院。</paragraph></text></section></component>
<component><section><title>诊疗经过</title><text><paragraph>入院后调整降糖方案，监测七点血糖：</paragraph>
<table><thead><tr><th>日期</th><th>空腹</th><th>早餐后两小时</th></tr></thead><tbody>
<tr><td>{day1}</td><td>9.8</td><td>14.2</td></tr><tr><td>{day2}</td><td>7.1</td><td>9.6</td></tr></tbody></table></text></section></component>
<component><section><title>出院医嘱</title><text><list listType="ordered"><item>糖尿病饮食，每日步行三十分钟</item>
<item>每周测空腹血糖两次并记录</item><item>一月后到卫生院复查，三月后复查糖化血红蛋白</item></list></text></section></component>
</structuredBody></component></ClinicalDocument>"""


def summary(
    number: str, *, local: str, name: str, citizen: str, born: str, sex: str, maker: str, written_at: datetime
) -> bytes:
    """Return a discharge summary of a person; `born` as YYYYMMDD, `sex` by GB/T 2261.1."""
    when = written_at.astimezone(REPORTING_ZONE)
    return _SUMMARY.format(
        number=number, local=local, name=name, citizen=citizen, born=born, sex=sex, maker=maker,
        written=f"{when:%Y%m%d%H%M%S}", day1=f"{when - timedelta(days=6):%m-%d}", day2=f"{when - timedelta(days=1):%m-%d}",
    ).encode()  # fmt: skip
