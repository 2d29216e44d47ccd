"""Who is let in by a code to her phone: under which number somebody is reached, and whose sign-in that is."""

from uuid import UUID

from django.db import transaction

from tongmai.commons.residents import minors, rules
from tongmai.commons.residents.errors import CounterNeeded
from tongmai.commons.residents.models import Identifier, Phone, Resident
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs import services as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User
from tongmai.foundation.texting.services import Reached

_NOBODY = UUID(int=0)


def reached_by_phone(number: str, *, by: Actor) -> Reached | None:
    """Return who has this citizen's number and a phone that may let her in; None for nobody, or for somebody who may not.

    The same statements are asked whether there is somebody or not, so that the time tells nothing.
    """
    identifiers = Identifier.objects.filter(kind__in=rules.CHECKED_KINDS, value=number, is_current=True)
    found = identifiers.select_related("resident").first()
    return _reached(_last(found.resident) if found else None, by=by)


@transaction.atomic
def account_of_reached(resident_id: UUID, *, by: Actor) -> User:
    """Return the sign-in of a resident who has shown that her phone is in her hand; without one she is given one.

    Raises:
        CounterNeeded: since the code was sent something was found that speaks against it, her sign-in is stopped, or
            the policy wants sign-ins handed out in person.
    """
    person = Resident.objects.select_for_update().filter(id=resident_id).first()
    reached = _reached(_last(person) if person else None, by=by)
    if reached is None:
        raise CounterNeeded()
    account = orgs.resident_account(reached.resident_id)
    if account is not None:
        return account
    if not policy.value("residents.account_by_code", on=by.today).yes:
        raise CounterNeeded()
    person = Resident.objects.get(id=reached.resident_id)
    return orgs.open_account_by_code(by=by, resident_id=person.id, display_name=person.name)


def _reached(person: Resident | None, *, by: Actor) -> Reached | None:
    resident_id = person.id if person else _NOBODY
    phones = list(Phone.objects.filter(resident_id=resident_id).order_by("-is_main", "added_at"))
    is_stopped = User.objects.filter(resident_id=resident_id, is_active=False).exists()
    facts = [rules.PhoneFacts(row.number, row.added_at, row.checked_at, row.closed_at) for row in phones]
    rests = policy.value("residents.new_phone_rests", on=by.today).timedelta()
    chosen = rules.phone_that_lets_in(facts, now=by.now, rests=rests)
    if person is None or chosen is None or is_stopped or person.died_on or person.is_unnamed:
        return None
    grown_up_on = minors.grown_up_on(person.born_on, on=by.today)
    if grown_up_on is None or by.today < grown_up_on:
        return None
    return Reached(person.id, chosen.number, person.name)


def _last(person: Resident) -> Resident:
    """The entry that stands for the person now."""
    while person.merged_into is not None:
        person = person.merged_into
    return person
