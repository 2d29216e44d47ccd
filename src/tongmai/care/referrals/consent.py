"""The text that a resident, or who speaks for her, agrees to before a referral leaves the draft."""

from dataclasses import dataclass

from tongmai.care.referrals.models import Consent, Referral
from tongmai.care.referrals.states import Urgency
from tongmai.commons.residents.minors import GUARDIAN_NEEDED, needs_guardian
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

TEXT_VERSION = "2026-11"  # a changed text gets a new version; consents name the one that was shown

TEXT = (
    N_("医生已说明转诊的原因、拟转往的机构、可能的风险和不转诊的后果。"),
    N_("同意将本次诊疗所需的病历、检查检验结果和联系方式提供给接收机构，仅用于本次转诊和之后的随访。"),
    N_("可以选择其他机构，可以在到诊前撤回转诊，可以查看谁在何时打开过自己的档案。"),
)


@dataclass(frozen=True)
class Given:
    """What the form says of a consent."""

    relation: str
    how: str
    agreed_name: str = ""
    witness: str = ""
    note: str = ""


def write(given: Given, *, referral: Referral, by: Actor) -> Consent:
    """Keep the consent as evidence.

    Raises:
        InvalidInput: who agreed, the witness or the note is missing, the exception is claimed without an emergency,
            or a child agreed for herself.
    """
    flaw = _flaw(given, urgency=Urgency(referral.urgency)) or _flaw_of_a_child(given, referral=referral, by=by)
    if flaw:
        raise InvalidInput(field=flaw[0], problem=flaw[1])
    earlier = referral.consent
    return Consent.objects.create(
        replaces=earlier if earlier is not None and earlier.is_missing else None,
        relation=given.relation,
        how=given.how,
        agreed_name=given.agreed_name.strip(),
        witness=given.witness.strip(),
        note=given.note.strip(),
        text_version=TEXT_VERSION,
        taken_at=by.now,
        taken_by_id=by.user_id,
    )


def missing(said_by: str, *, by: Actor) -> Consent:
    """Write down that a message brought no consent: no evidence of an agreement, but of its absence.

    `said_by`: the system and its number.  The consent that is obtained later replaces this row and keeps it.
    """
    return Consent.objects.create(
        relation=Consent.Relation.NOBODY,
        how=Consent.How.NOT_TRANSMITTED,
        note=said_by[:300],
        text_version=TEXT_VERSION,
        taken_at=by.now,
        taken_by_id=by.user_id,
    )


def _flaw(given: Given, *, urgency: Urgency) -> tuple[str, str] | None:
    if given.how not in Consent.How.values or given.how == Consent.How.NOT_TRANSMITTED:
        return "consent_how", N_("请选择同意的方式")
    if given.relation not in Consent.Relation.values:
        return "consent_relation", N_("请选择同意人与患者的关系")
    if given.how == Consent.How.EMERGENCY:
        if urgency != Urgency.EMERGENCY:
            return "consent_how", N_("只有急诊才能适用例外")
        return None if given.note.strip() else ("consent_note", N_("请说明为何无法取得同意"))
    if given.relation == Consent.Relation.NOBODY:
        return "consent_relation", N_("请写明由谁同意")
    if not given.agreed_name.strip():
        return "consent_name", N_("请填写同意人姓名")
    if given.how == Consent.How.ORAL and not given.witness.strip():
        return "consent_witness", N_("口头同意须有见证人")
    return None


def _flaw_of_a_child(given: Given, *, referral: Referral, by: Actor) -> tuple[str, str] | None:
    """For a message the sending system answers, with its own consent."""
    speaks_for_a_child = given.relation in {Consent.Relation.PARENT, Consent.Relation.GUARDIAN}
    if by.user_id is None or speaks_for_a_child or given.how == Consent.How.EMERGENCY:
        return None
    return ("consent_relation", GUARDIAN_NEEDED) if needs_guardian(referral.resident_id, by.today) else None
