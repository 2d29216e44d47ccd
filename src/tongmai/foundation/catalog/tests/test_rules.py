import pytest

from tongmai.foundation.catalog import rules
from tongmai.foundation.catalog.lookups import next_text


@pytest.mark.parametrize(
    ("name", "short"),
    [("天井村民委员会", "天井村"), ("晨光社区居民委员会", "晨光社区"), ("泥河镇", "泥河镇"), ("双岗村委会", "双岗村")],
)
def test_villages_are_found_by_what_people_call_them(name, short):
    assert rules.short_name(name) == short


@pytest.mark.parametrize(
    ("code", "parent"),
    [("340124114203", "340124114"), ("340124114", "340124"), ("340124", "3401"), ("3401", "34"), ("34", "")],
)
def test_the_parent_follows_from_the_code(code, parent):
    assert rules.parent_of(code) == parent


@pytest.mark.parametrize(
    ("padded", "plain"),
    [
        ("340124114000", "340124114"),
        ("340124000000", "340124"),
        ("340100000000", "3401"),
        ("340000000000", "34"),
        ("340124114203", "340124114203"),
        ("340124114", "340124114"),
        ("340100", "3401"),
        ("340000", "34"),
        ("340124", "340124"),
    ],
)
def test_padding_zeros_go(padded, plain):
    assert rules.without_padding(padded) == plain


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("I10", "I11"),
        ("I1", "I2"),
        ("", None),
        ("\ud7ff", "\ue000"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff", None),
        ("天", "太"),
    ],
)
def test_the_end_of_a_prefix_is_the_next_text(text, following):
    assert next_text(text) == following


def test_the_longest_prefix_decides():
    wide = rules.Notifiable("wide", "宽", "c", ("A09",))
    narrow = rules.Notifiable("narrow", "窄", "b", ("A09.003",))
    assert rules.notifiable_of("A09.003", [wide, narrow]) is narrow
    assert rules.notifiable_of("A09.001", [narrow, wide]) is wide
    assert rules.notifiable_of("I10.x00", [wide, narrow]) is None


def test_lung_anthrax_is_managed_like_category_a():
    anthrax = rules.Notifiable("anthrax", "炭疽", "b", ("A22",), ("A22.1",))
    assert rules.is_managed_like_a("A22.100", anthrax)
    assert not rules.is_managed_like_a("A22.000", anthrax)
    assert rules.is_managed_like_a("A20.900", rules.Notifiable("plague", "鼠疫", "a", ("A20",)))
