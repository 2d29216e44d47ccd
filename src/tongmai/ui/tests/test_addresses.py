"""The kept addresses are those that Django finds, under any prefix."""

from uuid import uuid4

from django.urls import get_script_prefix, reverse, set_script_prefix

from tongmai.ui import addresses


def test_the_address_of_a_row_is_the_one_that_django_finds():
    for _ in range(2):
        row_id = uuid4()
        assert addresses.of_row("referrals:detail", row_id) == reverse("referrals:detail", args=[row_id])


def test_a_prefix_in_front_of_everything_is_kept():
    before = get_script_prefix()
    plain = addresses.plain("portal:home")
    try:
        set_script_prefix("/tongmai/")
        assert addresses.plain("portal:home") == "/tongmai" + plain == reverse("portal:home")
    finally:
        set_script_prefix(before)
