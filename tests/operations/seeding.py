"""`python -m tests.operations.seeding`: into tables that are there, the smallest county and a sealed past."""

from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from tests import living  # noqa: E402
from tongmai.foundation.audit import seals  # noqa: E402
from tongmai.foundation.orgs.actors import Actor  # noqa: E402


def main() -> None:
    living.lived_in()
    seals.seal_due(Actor.system(now=timezone.now() + timedelta(days=1, hours=2)))


if __name__ == "__main__":
    main()
