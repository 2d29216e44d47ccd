"""`python -m tests.operations.writing`: registers people and starts visits until it is told to stop; prints how many.

Each turn is several services, so that a copy which is no single state of the database is found by `tongmai check`.
"""

import sys
import threading

import django

django.setup()

from django.utils import timezone  # noqa: E402

from tongmai.commons.encounters import services as encounters  # noqa: E402
from tongmai.commons.residents.tests import factories as people  # noqa: E402
from tongmai.foundation.orgs.models import Post  # noqa: E402
from tongmai.foundation.orgs.roles import Role  # noqa: E402
from tongmai.foundation.orgs.sessions import actor_in  # noqa: E402


def main() -> None:
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    posts = Post.objects.select_related("org", "staff__user").filter(role=Role.GENERAL_PRACTITIONER)
    post = posts.order_by("id").first()
    n = 0
    while not stop.is_set():
        by = actor_in(post, user_id=None, now=timezone.now())
        visit = encounters.start_visit(people.resident(f"示例{n}", id_number="").id, by=by, complaint="头晕")
        encounters.write_note(visit.id, by=by, text="血压偏高")
        n += 1
        if n == 1:
            print("writing", flush=True)  # noqa: T201 - the test waits for this line
    print(n)  # noqa: T201


if __name__ == "__main__":
    main()
