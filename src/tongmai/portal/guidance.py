"""What the help page says of the policies in force where the actor stands."""

from collections.abc import Iterator
from itertools import groupby

from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.policy import NotInForce, PolicyValue, shipped


def policies(*, by: Actor) -> list[tuple[str, list[PolicyValue]]]:
    """Return every value in force today at the actor's organisation, by subject (the first part of the id)."""
    return [
        (subject, list(values)) for subject, values in groupby(_in_force(by), key=lambda each: each.id.split(".")[0])
    ]


def _in_force(by: Actor) -> Iterator[PolicyValue]:
    levels = policy.levels_of(by.org_id, by.today)
    for policy_id in sorted(shipped().ids()):
        try:
            yield shipped().value(policy_id, on=by.today, levels=levels)
        except NotInForce:
            continue
