"""Builds the invented county in an empty database of its own and prints what it came to, without ids and secrets.

    TONGMAI_DATABASE=sqlite:FILE python -m tongmai.config.demo.tests.fingerprint

One line for each row that a page shows, so that two that differ can be compared with `diff`.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

YUNXI = Path(__file__).resolve().parents[5] / "tests" / "data" / "yunxi.yaml"
PASSWORD = "demonstration-2026"
LAST_DAY = date(2026, 11, 20)  # a Friday: what chance does with it stays as it is


def lines() -> Iterator[str]:
    """Yield the people, referrals, encounters, bookings, refusals and events, each by its names and times."""
    from tongmai.care.referrals.models import FollowUp, Transition
    from tongmai.commons.capacity.models import Booking, Pool, Refusal
    from tongmai.commons.encounters.models import EncounterDiagnosis, Vitals
    from tongmai.commons.residents.models import Resident
    from tongmai.foundation.audit.models import Event
    from tongmai.foundation.orgs.models import Post

    shown = {
        Post: ("org__name", "staff__name", "role", "department__name"),
        Resident: ("name", "born_on", "village_code", "address"),
        Transition: ("referral__resident__name", "referral__diagnosis_code", "step", "to_state", "at", "by_name"),
        FollowUp: ("referral__resident__name", "number", "due_on", "done_at", "result", "note"),
        EncounterDiagnosis: ("encounter__resident__name", "encounter__started_at", "code", "position"),
        Vitals: ("encounter__resident__name", "recorded_at", "systolic", "diastolic", "pulse"),
        Pool: (
            "resource__name",
            "resource__org__name",
            "starts_at",
            "total",
            "taken_reserved",
            "taken_public",
            "state",
        ),
        Booking: ("resident__name", "resource__name", "starts_at", "share", "state", "created_at"),
        Refusal: ("resident__name", "kind", "wanted_on", "times", "outcome"),
        Event: ("name", "at", "by_name"),
    }
    for model, fields in shown.items():
        rows = model.objects.order_by().values_list(*fields)
        yield from sorted(f"{model.__name__}: {'|'.join(str(value) for value in row)}" for row in rows)


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tongmai.config.demo import building
    from tongmai.config.demo.clock import at
    from tongmai.config.demo.county import load

    call_command("migrate", verbosity=0, interactive=False)
    size = building.Size(clinics_per_town=1, residents_per_clinic=10, visits_a_day=6, bookings_a_day=6)
    building.build(load(YUNXI), now=at(LAST_DAY, 15), size=size, password=PASSWORD)
    sys.stdout.writelines(f"{line}\n" for line in lines())


if __name__ == "__main__":
    main()
