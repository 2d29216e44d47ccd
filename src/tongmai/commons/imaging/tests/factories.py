"""Images on their way in."""

from dataclasses import replace

from tongmai.commons.imaging import facts, part10, phantom, services
from tongmai.commons.imaging.services import Whose
from tongmai.commons.imaging.services.storing import arrival
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW

SYSTEM = Actor.system(now=NOW)
OF = phantom.Of(name="示例甲", latin="Shilijia", number="R1", sex="F", order_number="340199A0001")


def film(**changed) -> bytes:
    return phantom.chest(replace(OF, **changed), n_rows=64, n_columns=64)


def arriving(content: bytes, org_id, **given):
    opened = part10.opened(content)
    said = facts.read(
        opened.data_set, transfer_syntax=opened.transfer_syntax, assumed_charset=given.pop("assumed_charset", "")
    )
    return arrival(said, bytes(opened.data_set), org_id=org_id, **given)


def nobodys(*_asked) -> Whose:
    return Whose(doubts="no-accession")


def of(resident_id, order_number="340199A0001"):
    return lambda *_asked: Whose(resident_id, order_number, "")


def store(content: bytes, org_id, resolve=nobodys, by=SYSTEM, **given):
    each = arriving(content, org_id, **given)
    services.store(each, resolve=resolve, by=by)
    return each
