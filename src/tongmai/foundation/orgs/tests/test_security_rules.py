"""Lock-out, the end of a session, codes, places: no database."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import RequestFactory, override_settings

from tongmai.foundation.orgs import codes, devices, limits, passkeys, rules, vault
from tongmai.foundation.orgs.rules import LockLimits, StayLimits

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOCK = LockLimits(failures=5, first=5 * MINUTE, longest=60 * MINUTE, forgotten_after=timedelta(hours=24))
STAY = StayLimits(idle=30 * MINUTE, longest=timedelta(hours=12))


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, None), (4, None), (5, 5), (6, 10), (7, 20), (8, 40), (9, 60), (1000, 60)]
)
def test_the_pause_begins_at_the_limit_and_doubles_up_to_the_longest(failures, minutes):
    assert rules.lock_for(failures, LOCK) == (minutes * MINUTE if minutes else None)


def test_failures_are_forgotten_after_a_day():
    day = timedelta(hours=24)
    assert rules.failures_count(4, last_failed_at=NOW - day, now=NOW, limits=LOCK) == 0
    assert rules.failures_count(4, last_failed_at=NOW - day + MINUTE, now=NOW, limits=LOCK) == 4


@pytest.mark.parametrize(
    ("idle", "since", "why"),
    [(29, 30, ""), (30, 30, "idle"), (0, 12 * 60, "longest"), (0, 12 * 60 - 1, ""), (31, 13 * 60, "longest")],
)
def test_a_session_ends_without_action_and_in_any_case(idle, since, why):
    seen, started = NOW - idle * MINUTE, NOW - since * MINUTE
    assert rules.why_over(now=NOW, started_at=started, last_seen_at=seen, limits=STAY) == why


def test_kinds_of_characters_are_counted():
    assert [rules.character_classes(p) for p in ("", "abc", "aB", "aB3", "aB3-", "密码abc")] == [0, 1, 2, 3, 4, 2]


def test_one_person_is_one_administrator():
    held = [rules.Held("security_admin", (NOW.date(), None))]
    assert rules.is_second_administrator("security_admin", (NOW.date(), None), held)
    assert not rules.is_second_administrator("manager", (NOW.date(), None), held)
    past = [rules.Held("audit_admin", (NOW.date() - timedelta(days=9), NOW.date()))]
    assert not rules.is_second_administrator("security_admin", (NOW.date(), None), past)


def test_a_code_is_right_one_step_around_now_and_no_further():
    secret = codes.new_secret()
    here = int(NOW.timestamp()) // 30
    for drift in (-1, 0, 1):
        assert codes.step_of(secret, pyotp.TOTP(secret).at((here + drift) * 30), now=NOW) == here + drift
    for drift in (-2, 2):
        assert codes.step_of(secret, pyotp.TOTP(secret).at((here + drift) * 30), now=NOW) is None
    for odd in ("", "abc", "１２３４５６", "12345", "1" * 50):
        assert codes.step_of(secret, odd, now=NOW) is None


def test_recovery_codes_are_read_however_they_are_typed():
    made = codes.recovery_codes(10)
    assert len(set(made)) == 10
    assert codes.tidy(f" {made[0].replace('-', ' ').upper()} ") == made[0]


def test_a_kept_secret_opens_under_its_key_only():
    kept = vault.sealed(b"secret")
    assert b"secret" not in kept.encode() and vault.opened(kept) == b"secret"
    with override_settings(SECRET_KEY="another"), pytest.raises(vault.Unreadable):
        vault.opened(kept)
    with pytest.raises(vault.Unreadable):
        vault.opened("nonsense")


@pytest.mark.parametrize(
    ("scheme", "host", "domain", "possible"),
    [
        ("https", "tongmai.example", "tongmai.example", True), ("https", "tongmai.example:8443", "tongmai.example", True),
        ("http", "tongmai.example", "tongmai.example", False), ("http", "localhost:8000", "localhost", True),
        ("https", "10.0.0.5", "10.0.0.5", False), ("https", "[2001:db8::1]:8000", "[2001:db8::1]", False),
    ],
)  # fmt: skip
def test_where_passkeys_are_possible(scheme, host, domain, possible):
    place = passkeys.Place(scheme, host)
    assert (place.domain, place.has_passkeys) == (domain, possible)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"id": 1}', '{"rawId": "x", "response": {}}', "x" * 999])
def test_an_answer_without_shape_proves_nothing(answer):
    place = passkeys.Place("https", "tongmai.example")
    question, kept = passkeys.ask_to_prove(place, existing=[])
    assert "challenge" in question
    with pytest.raises(passkeys.NotProven):
        passkeys.proven(place, kept, answer, existing=[])
    with pytest.raises(passkeys.NotProven):
        passkeys.made(place, kept, answer)


def test_a_bucket_holds_a_minute_and_fills_up_evenly():
    buckets = limits.Buckets()
    assert [buckets.take("search", "anna", per_minute=60, now=0.0) for _ in range(60)] == [0.0] * 60
    assert buckets.take("search", "anna", per_minute=60, now=0.0) == pytest.approx(1.0)
    assert buckets.take("search", "berta", per_minute=60, now=0.0) == 0.0
    assert buckets.take("search", "anna", per_minute=60, now=1.01) == 0.0
    assert buckets.take("search", "anna", per_minute=60, now=1.02) > 0


def test_only_our_own_proxies_are_believed():
    def seen(remote, forwarded="", proxies=0):
        with override_settings(PROXIES=proxies):
            meta = {"REMOTE_ADDR": remote} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
            return devices.address_of(RequestFactory().get("/", **meta))

    assert seen("10.0.0.9", "1.2.3.4") == "10.0.0.9"
    assert seen("10.0.0.9", "6.6.6.6, 1.2.3.4", proxies=1) == "1.2.3.4"
    assert seen("10.0.0.9", "1.2.3.4", proxies=2) == "10.0.0.9"
    assert seen("10.0.0.9", "nonsense", proxies=1) == ""
    assert seen("2001:db8:1:2:3:4:5:6") == seen("2001:db8:1:2::9") == "2001:db8:1:2::"
    assert seen("::ffff:10.0.0.9") == "10.0.0.9"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "Windows · Chrome"),
        ("Mozilla/5.0 (Windows NT 6.1) Chrome/120.0 Safari/537.36 Edg/120.0", "Windows · Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "iPhone · Safari"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/116.0 MicroMessenger/8.0", "Android · WeChat"),
        ("", ""),
    ],
)
def test_a_device_is_named_in_two_words(said, name):
    assert devices.name_of(RequestFactory().get("/", headers={"User-Agent": said})) == name
