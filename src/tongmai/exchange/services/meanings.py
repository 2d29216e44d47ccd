"""What the texts of a source system mean: said once by a person, remembered for its next messages."""

from uuid import UUID

from django.db import transaction

from tongmai.exchange import access, errors, events
from tongmai.exchange.models import OrgMeaning
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_


@transaction.atomic
def remember(*, system: str, text: str, org_id: UUID, by: Actor) -> OrgMeaning:
    """Let `text` in the messages of `system` mean this organisation from now on; what was said before is replaced.

    `system`: application/facility as the message names them, or the application alone for all its facilities.

    Raises:
        NotPermitted: this post settles no messages.
        NotFound: no such organisation in reach.
        InvalidInput: no system, or no text.
    """
    orgs.require(by, Action.SEE_MESSAGES)
    system, text = system.strip(), text.strip()
    if not system or not text or len(system) > 361 or len(text) > 180:
        raise InvalidInput(field="text", problem=N_("请写明对方系统，以及它用的代码或名称"))
    org = orgs.org(org_id, by=by)
    known = OrgMeaning.objects.filter(system=system, text=text).first()
    if known is not None and known.org_id == org.id:
        return known
    said, _ = OrgMeaning.objects.update_or_create(
        system=system, text=text, defaults={"org_id": org.id, "chosen_at": by.now, "chosen_by_id": by.user_id}
    )
    audit.record(events.MeaningRemembered(meaning_id=said.id, org_id=org.id), by=by, subject_id=said.id)
    return said


def remember_named(*, system: str, text: str, org: str, by: Actor) -> OrgMeaning:
    """As `remember`, with the organisation by its code, credit code or name.

    Raises:
        UnknownOrg: none or several of that name.
    """
    rows = orgs.visible_orgs(by).filter(is_active=True)
    for name in ("code", "credit_code", "name", "short_name"):
        found = list(rows.filter(**{name: org})[:2])
        if len(found) == 1:
            return remember(system=system, text=text, org_id=found[0].id, by=by)
    raise errors.UnknownOrg(field="org", name=org)


@transaction.atomic
def forget(*, meaning_id: UUID, by: Actor) -> None:
    """Take back what was said; messages that have gone in stay as they are.

    Raises:
        NotFound: no such entry, or its organisation is out of reach.
    """
    found = access.meaning(meaning_id, by=by, lock=True)
    forgotten = events.MeaningForgotten(meaning_id=found.id, org_id=found.org_id)
    found.delete()
    audit.record(forgotten, by=by, subject_id=meaning_id)
