"""Asking for a one-time code, and using it."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import policy, vault
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import TooManyAttempts
from tongmai.foundation.orgs.services import attempts
from tongmai.foundation.texting import events, rules, sending
from tongmai.foundation.texting.errors import GatewayAway, TooManyCodes, TooManyWrongCodes, TooSoon, WrongCode
from tongmai.foundation.texting.models import OneTimeCode, TextMessage
from tongmai.foundation.texting.wording import SIGN_IN_CODE

State = OneTimeCode.State
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Reached:
    """Who is reached under a citizen's number: whose phone it is, and the name by which the family knows her."""

    resident_id: UUID
    phone: str
    name: str


@dataclass(frozen=True)
class Asker:
    """The browser that asks: a secret that only it has, and its network address."""

    secret: str
    address: str


@dataclass(frozen=True)
class Issued:
    """A code that is on its way, perhaps to nobody; until when it counts, and when another may be asked for."""

    code_id: UUID
    expires_at: datetime
    next_at: datetime


def new_secret() -> str:
    """Return what binds a code to the browser that asked for it."""
    return secrets.token_urlsafe(24)


def ask(number: str, *, reached: Reached | None, asker: Asker, by: Actor) -> Issued:
    """Make a code for a citizen's number; the one before it is good for nothing any more.

    With `reached` None everything happens in the same way, and the text goes nowhere.

    Raises:
        GatewayAway: no text would be carried now; nothing is counted.
        TooSoon, TooManyCodes: the pause or a limit of the policy; said alike for every number.
    """
    if sending.is_away(by.now):
        raise GatewayAway()
    limits = _limits(by)
    try:
        with transaction.atomic():
            _check_pace(number, asker, limits, by)
            return _issue(number, reached, asker, limits, by)
    except IntegrityError:  # somebody asked for the same number at the same moment
        raise TooSoon(seconds=int(limits.pause.total_seconds())) from None


def use(code_id: UUID | None, said: str, *, number: str, asker: Asker, by: Actor) -> UUID:
    """Return the resident whom a right code lets in; it is used up by that.

    The attempt is charged first: to the code, to the number and to the address.

    Raises:
        WrongCode: not it, used up, too old, or another browser's.
        TooManyWrongCodes: the number or the address pauses.
    """
    tried = [of_number(number), attempts.of_address(asker.address)]
    try:
        attempts.charge(*tried, now=by.now)
    except TooManyAttempts as pause:
        raise TooManyWrongCodes(**pause.facts) from None
    row = _charged(code_id, asker, by)
    is_right = constant_time_compare(row.digest if row else "", _digest(code_id, said))
    if row is None or not is_right or row.resident_id is None or not _taken(row, by):
        with transaction.atomic():
            record(events.CodeRefused(code_id=row.id if row else None), by=by, subject_id=row.id if row else None)
        raise WrongCode(field="code")
    attempts.give_back(*tried, now=by.now)
    return row.resident_id


def of_number(number: str) -> attempts.Tried:
    """Return what wrong codes for a citizen's number are counted under, whether anybody has it or not."""
    return attempts.Tried(attempts.Kind.FACTOR, f"code:{_key('number', number)}")


def _check_pace(number: str, asker: Asker, limits: rules.Limits, by: Actor) -> None:
    """Texts that never went out do not count."""
    asked = OneTimeCode.objects.filter(number_key=_key("number", number), created_at__gt=by.now - _DAY)
    times = list(asked.values_list("created_at", "text__state"))
    last = max((at for at, _state in times), default=None)
    if seconds := rules.seconds_until_next(last, now=by.now, pause=limits.pause):
        raise TooSoon(seconds=seconds)
    counted = [at for at, state in times if state != TextMessage.State.EXPIRED]
    if len(counted) >= limits.per_number:
        raise TooManyCodes(seconds=ceil((min(counted) + _DAY - by.now).total_seconds()))
    from_here = OneTimeCode.objects.filter(
        address_key=_key("address", asker.address), created_at__gt=by.now - _HOUR
    )  # fmt: skip
    if from_here.count() >= limits.per_address:
        raise TooManyCodes(seconds=int(_HOUR.total_seconds()))


def _issue(number: str, reached: Reached | None, asker: Asker, limits: rules.Limits, by: Actor) -> Issued:
    life = policy.value("texting.code.life", on=by.today).timedelta()
    code = rules.new_code(policy.value("texting.code.length", on=by.today).int)
    _replace_live(number, before=by.now - limits.pause)
    facts = {"name": rules.masked_name(reached.name if reached else "示例甲"), "code": code}
    facts["minutes"] = str(int(life.total_seconds() // 60))
    said = {"phone": reached.phone if reached else "", "facts": facts}
    text = TextMessage.objects.create(
        template=SIGN_IN_CODE, sealed=vault.sealed(json.dumps(said).encode()), is_void=reached is None,
        created_at=by.now, expires_at=by.now + life, next_try_at=by.now,
    )  # fmt: skip
    row = OneTimeCode(
        number_key=_key("number", number), holder_key=_key("holder", asker.secret),
        address_key=_key("address", asker.address), resident_id=reached.resident_id if reached else None,
        text=text, created_at=by.now, expires_at=by.now + life,
        most_tries=policy.value("texting.code.tries", on=by.today).int,
    )  # fmt: skip
    row.digest = _digest(row.id, code)
    row.save(force_insert=True)
    record(events.CodeAsked(code_id=row.id, resident_id=row.resident_id), by=by, subject_id=row.id)
    return Issued(row.id, row.expires_at, by.now + limits.pause)


def _replace_live(number: str, *, before: datetime) -> None:
    """The newest code alone counts; a text that has not gone out yet stays here.

    One that somebody else made at the same moment is not replaced: it then stands in the way of this one.
    """
    live = OneTimeCode.objects.filter(
        number_key=_key("number", number), state=State.LIVE, created_at__lte=before
    )  # fmt: skip
    waiting = TextMessage.objects.filter(code__in=live.values("id"), state=TextMessage.State.WAITING)
    TextMessage.objects.filter(id__in=list(waiting.values_list("id", flat=True))).update(
        state=TextMessage.State.EXPIRED, sealed=""
    )
    live.update(state=State.REPLACED)


def _charged(code_id: UUID | None, asker: Asker, by: Actor) -> OneTimeCode | None:
    """Charge one try to the code by one conditional UPDATE, so that many at once do not get more."""
    open_ = OneTimeCode.objects.filter(
        id=code_id, holder_key=_key("holder", asker.secret), state=State.LIVE, expires_at__gt=by.now
    )
    charged = open_.filter(n_tries__lt=F("most_tries")).update(n_tries=F("n_tries") + 1)
    return OneTimeCode.objects.filter(id=code_id).first() if charged else None


@transaction.atomic
def _taken(row: OneTimeCode, by: Actor) -> bool:
    """Use the code up; False when somebody was faster."""
    live = OneTimeCode.objects.filter(id=row.id, state=State.LIVE, expires_at__gt=by.now)
    if not live.update(state=State.USED, used_at=by.now):
        return False
    assert row.resident_id is not None
    record(events.CodeUsed(code_id=row.id, resident_id=row.resident_id), by=by, subject_id=row.id)
    return True


def _limits(by: Actor) -> rules.Limits:
    return rules.Limits(
        pause=policy.value("texting.code.pause", on=by.today).timedelta(),
        per_number=policy.value("texting.code.per_number_a_day", on=by.today).int,
        per_address=policy.value("texting.code.per_address_an_hour", on=by.today).int,
    )


def _digest(code_id: UUID | None, code: str) -> str:
    return vault.keyed_digest("code", f"{code_id.hex if code_id else ''}:{code}")


def _key(what: str, text: str) -> str:
    return vault.keyed_digest(f"code.{what}", text)
