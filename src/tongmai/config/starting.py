"""`tongmai start`: what an empty installation needs before anybody can sign in.  Safe to repeat."""

import argparse
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org-code", required=True, help="registration number of the organisation that runs this")
    parser.add_argument("--org-name", required=True)
    parser.add_argument("--division", required=True, help="6 to 12 digits: where it stands")


def run(options: argparse.Namespace) -> int:
    """Create the tables, load the starter catalogue, and give the three administrators their first passwords."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from tongmai.care.diagnostics import services as diagnostics
    from tongmai.commons.recognition import services as recognition
    from tongmai.foundation.catalog.services import load_starter
    from tongmai.foundation.orgs.actors import Actor
    from tongmai.kernel.errors import TongmaiError

    call_command("migrate", verbosity=1, interactive=False)
    by = Actor.system(now=timezone.now())
    load_starter(by)
    diagnostics.load_starter(by=by)
    recognition.load_items(by=by)
    try:
        lines = list(_administrators(options, by))
    except TongmaiError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write("Each of them must choose a new password at the first sign-in.\n" if lines else "Nothing to do.\n")
    return 0


def _administrators(options: argparse.Namespace, by):
    """Yield a line for each administrator that did not exist yet: user name and first password, shown once."""
    from tongmai.foundation.orgs import services
    from tongmai.foundation.orgs.models import User
    from tongmai.foundation.orgs.roles import Role
    from tongmai.foundation.orgs.services.facilities import OrgEntry
    from tongmai.foundation.orgs.services.posts import PostEntry
    from tongmai.foundation.orgs.services.staff import StaffEntry

    entry = OrgEntry(name=options.org_name, division_code=options.division)
    org = services.create_org(by=by, code=options.org_code, level="county", entry=entry)
    for username, role in (
        ("system", Role.SYSTEM_ADMIN),
        ("security", Role.SECURITY_ADMIN),
        ("audit", Role.AUDIT_ADMIN),
    ):
        if User.objects.filter(username=username).exists():
            continue
        staff = services.hire(
            by=by, number=f"admin-{username}", entry=StaffEntry(name=role.label, practice_org_id=org.id)
        )
        services.give_post(
            by=by,
            entry=PostEntry(staff_id=staff.id, org_id=org.id, role=role, starts_on=by.today, is_main=True),
        )
        made = services.create_account(by=by, staff_id=staff.id, username=username)
        yield f"{made.username:<12}{made.password}"
