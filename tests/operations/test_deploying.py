"""What keeps an installation from real use is said with its remedy, and `tongmai serve` refuses to start over it."""

from datetime import date

import pytest

from tests.operations import installation
from tongmai.config import deploying
from tongmai.config.demo.command import PASSWORD
from tongmai.config.settings import _database
from tongmai.foundation.orgs.models import Post, Staff, User
from tongmai.foundation.orgs.roles import ADMINISTRATORS, Role
from tongmai.foundation.orgs.tests import factories as orgs

pytestmark = pytest.mark.database
FIT = {
    "DEMO": False,
    "DEBUG": False,
    "SECRET_KEY": "kJ8sQz1LmX0vRt7YbN4cWd9PfG2hUeAo6iBxTnSgVqE3",
    "SEAL_KEY": "Zr5uMw8KpY1xQj6DfH3nBs0LvC9tGeXa2iRoTkWgVyN7",
    "ALLOWED_HOSTS": ["tongmai.example.gov.cn"],
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "CSRF_TRUSTED_ORIGINS": [],
    "SECOND_FACTOR_REQUIRED": True,
    "RATE_LIMITS": True,
    "SMS": "https://sms.example.gov.cn/send",
}

REMOTE = _database("postgres://tongmai:secret@db.example/tongmai?sslmode=verify-full")


def _found(**more):
    return deploying.findings(**({"database": REMOTE} | more))


@pytest.fixture
def fit(db, settings):
    """A production: all settings as they should be, and three administrators who can sign in."""
    for name, value in FIT.items():
        setattr(settings, name, value)
    world = orgs.county_world()
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        staff = world.actor(role, org=world.lead).staff_id
        User.objects.get_or_create(staff_id=staff, defaults={"username": f"one-{role}"})
    return settings


def test_what_is_as_it_should_be_may_serve(fit):
    assert [str(each) for each in _found()] == []


@pytest.mark.parametrize(
    ("setting", "value", "says", "remedy"),
    [
        ("DEMO", True, "demonstration", "TONGMAI_DEMO"),
        ("DEBUG", True, "debug", "DEBUG"),
        ("SECRET_KEY", "demonstration-only", "everybody knows", "token_urlsafe"),
        ("SEAL_KEY", "demonstration-only", "everybody knows", "token_urlsafe"),
        ("SECRET_KEY", "short", "too short", "token_urlsafe"),
        ("SEAL_KEY", "a" * 60, "too plain", "token_urlsafe"),
        ("SECOND_FACTOR_REQUIRED", False, "second factor", "TONGMAI_SECOND_FACTOR"),
        ("RATE_LIMITS", False, "not limited", "TONGMAI_RATE_LIMITS"),
        ("SMS", "console", "written to this machine", "TONGMAI_SMS"),
        ("SMS", "file", "written to this machine", "TONGMAI_SMS"),
        ("SMS", "http://sms.example.gov.cn/send", "unencrypted to the gateway", "https://"),
        ("SMS_BODY", "{mobile: {phone}}", "is not JSON", "JSON object"),
        ("PACS", "http://pacs.example.gov.cn/dicom-web", "unencrypted to the PACS", "https://"),
        ("PACS", "https://pacs.example.gov.cn/dicom-web", "lets in whoever asks", "TONGMAI_PACS_LOGIN"),
        ("PACS_LOGIN", "/nowhere", "cannot be read", "user:password"),
        ("SEAL_KEY", FIT["SECRET_KEY"], "are the same", "its own"),
        ("ALLOWED_HOSTS", ["*"], "every name", "TONGMAI_HOSTS"),
        ("ALLOWED_HOSTS", [".cn"], "every name", "TONGMAI_HOSTS"),
        ("ALLOWED_HOSTS", ["localhost", "127.0.0.1"], "no address beyond", "TONGMAI_HOSTS"),
        ("SESSION_COOKIE_SECURE", False, "unencrypted", "TONGMAI_HTTPS=1"),
        ("CSRF_COOKIE_SECURE", False, "unencrypted", "TONGMAI_HTTPS=1"),
        ("SECURE_HSTS_SECONDS", 0, "insist on TLS", "TONGMAI_HTTPS=1"),
        ("SECURE_PROXY_SSL_HEADER", None, "behind a proxy", "TONGMAI_PROXIES=1"),
        ("CSRF_TRUSTED_ORIGINS", ["http://tongmai.example.gov.cn"], "unencrypted origin", "https://"),
    ],
)
def test_each_flaw_is_found_with_its_remedy(fit, setting, value, says, remedy):
    setattr(fit, setting, value)
    found = _found()
    assert any(says in each.problem and remedy in each.remedy for each in found), found
    assert len(found) == 1


@pytest.mark.parametrize(
    ("url", "says", "remedy"),
    [
        ("postgres://tongmai@db.example/x?sslmode=require", "without a password", "ALTER ROLE"),
        ("postgres://tongmai:s@db.example/x", "not encrypted", "sslmode=verify-full"),
        ("postgres://tongmai:s@db.example/x?sslmode=prefer", "not encrypted", "sslmode=verify-full"),
        ("sqlite:/srv/demo-340124.sqlite3", "demonstration's", "TONGMAI_DATABASE"),
    ],
)
def test_each_flaw_of_the_database_is_found_with_its_remedy(fit, url, says, remedy):
    (one,) = _found(database=_database(url))
    assert says in one.problem and remedy in one.remedy


@pytest.mark.parametrize("url", ["postgres://tongmai@%2Fvar%2Frun%2Fpostgresql/x", "postgres://tongmai:s@127.0.0.1/x"])
def test_a_database_on_this_machine_needs_no_encryption(fit, url):
    assert _found(database=_database(url)) == []


def test_sqlite_serves_one_process(fit):
    clinic = _database("sqlite:/srv/clinic.sqlite3")
    assert _found(database=clinic) == [] == _found(database=clinic, workers=1)
    assert "SQLite cannot serve 2 processes" in str(_found(database=clinic, workers=2)[0])


def test_the_demonstrations_accounts_and_people_are_found(fit):
    user = User.objects.create(username="village")
    user.set_password(PASSWORD)
    user.save()
    assert "demonstration's password: village" in str(_found()[0])
    user.set_password("etwas ganz anderes")
    user.save()
    assert _found() == []
    staff = Staff.objects.first()
    Staff.objects.filter(id=staff.id).update(licence_number="DEMO0001")
    assert "invented people" in str(_found()[0])


def test_three_separate_administrators_are_asked_for(fit):
    posts = Post.objects.filter(role__in=ADMINISTRATORS)
    audit = posts.filter(role=Role.AUDIT_ADMIN)
    User.objects.filter(staff__posts__in=audit).update(is_active=False)
    assert "nobody can sign in as audit_admin" in str(_found()[0])
    User.objects.all().update(is_active=True)
    one = posts.filter(role=Role.SYSTEM_ADMIN).first()
    Post.objects.filter(id__in=[post.id for post in audit]).update(
        staff_id=one.staff_id, is_main=False, ends_before=date(2099, 1, 1)
    )
    assert any("several administrators' posts" in each.problem for each in _found())


def test_administrators_without_a_second_factor_are_named_and_keep_nothing_from_starting(fit):
    assert {each.problem.split(" ")[1] for each in deploying.not_enrolled()} == {f"({role})" for role in ADMINISTRATORS}
    User.objects.filter(username="one-audit_admin").update(second_factor_on="2026-01-01")
    assert "one-audit_admin" not in str(deploying.not_enrolled())
    assert _found() == []


def test_a_trial_is_for_this_machine_alone(fit):
    fit.SECRET_KEY = "short"
    fit.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert deploying.refuse_unfit(host="127.0.0.1", is_trial=True)
    for host, hosts, is_trial in (
        ("127.0.0.1", ["localhost"], False),
        ("0.0.0.0", ["localhost"], True),
        ("127.0.0.1", ["tongmai.example.gov.cn"], True),
    ):
        fit.ALLOWED_HOSTS = hosts
        with pytest.raises(deploying.Unfit, match="too short"):
            deploying.refuse_unfit(host=host, is_trial=is_trial)
    fit.DEMO = True
    assert deploying.refuse_unfit(host="0.0.0.0") == []


def test_the_server_does_not_start_unfit(tmp_path):
    one = installation.new(tmp_path, "unfit")
    keys = {"TONGMAI_DEMO": "", "TONGMAI_SECRET_KEY": "short", "TONGMAI_SEAL_KEY": FIT["SEAL_KEY"]}
    done = one.run("serve", "--port", "18161", **keys)
    assert done.returncode == 1
    assert "too short" in done.stderr and "migrations are pending" in done.stderr and "tongmai demo" in done.stderr
    told = one.run("check", "--deploy", **keys)
    assert told.returncode == 1 and "migrations are pending" in told.stdout
    assert one.run("check", **keys).returncode == 1, "nothing is proved of tables that are not there"
