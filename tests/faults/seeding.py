"""Run in a process of its own, on the database of an installation, which has its tables: makes the smallest county.

Prints, as JSON, what the callers need to know.
"""

import json
import sys
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    json.dump(_county(), sys.stdout, default=str)


def _county() -> dict[str, object]:
    from django.test import Client

    from tests import living
    from tests.api import callers
    from tongmai.foundation.orgs.tests.factories import PASSWORD

    clinic = living.county()
    world = clinic.world
    room = clinic.pool(total=2000, reserved=1500)
    gp = world.user("general_practitioner")
    gp.set_password(PASSWORD)
    gp.save(update_fields=["password"])
    scarce = clinic.pool(total=3, reserved=0, days=4)
    sessions = {}
    for role in ("specialist", "general_practitioner"):
        seat = Client()
        seat.force_login(world.user(role))
        sessions[role] = seat.cookies["sessionid"].value
    return {
        "sessions": sessions,
        "scarce_pool_id": scarce.id,
        "tokens": {role: callers.token(world, role) for role in callers.ROLES},
        "lead_id": world.lead.id,
        "pool_id": room.id,
        "username": gp.username,
        "password": PASSWORD,
        "resident_id": UUID(str(clinic.resident.id)),
    }


if __name__ == "__main__":
    main()
