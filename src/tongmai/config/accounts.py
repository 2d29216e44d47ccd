"""`tongmai account`: the way back on the server itself, when no other security administrator can help."""

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--unlock", action="store_true", help="let the account try again at once")
    what.add_argument("--reset-factors", action="store_true", help="take away its second factors and recovery codes")
    what.add_argument("--reset-password", action="store_true", help="give it a new initial password, shown once")
    parser.add_argument("--reason", default="", help="why; it stands in the trail of events (not for a password)")


def run(options: argparse.Namespace) -> int:
    """Do it as the system; the event says so."""
    import django

    django.setup()
    from django.utils import timezone

    from tongmai.foundation.orgs import selectors, services
    from tongmai.foundation.orgs.actors import Actor
    from tongmai.kernel.errors import TongmaiError

    by = Actor.system(now=timezone.now())
    staff_id = selectors.staff_of_username(options.username.strip().lower())
    if staff_id is None:
        sys.stderr.write("No member of staff signs in by this name.\n")
        return 1
    said = "Done."
    try:
        if options.unlock:
            services.unlock(by=by, staff_id=staff_id, reason=options.reason)
        elif options.reset_factors:
            n_factors = services.reset_factors(by=by, staff_id=staff_id, reason=options.reason)
            said = f"{n_factors} taken away; the next sign-in asks for the password only."
        else:
            given = services.reset_password(by=by, staff_id=staff_id)
            said = f"{given.username}  {given.password}\nIt must be changed at the first sign-in."
    except TongmaiError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(said + "\n")
    return 0
