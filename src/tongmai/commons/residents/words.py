"""A person's facts in words."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongmai.commons.residents import rules
from tongmai.commons.residents.models import Coverage, EmergencyReview, Sex, Tag, Verdict, Zone


def age(born_on: date | None, on: date) -> str:
    """Return e.g. 66 岁, 5 个月, 12 天; a dash when the birth is not known."""
    if born_on is None:
        return "—"
    n, unit = rules.age_parts(born_on, on)
    said = {
        "year": lambda: ngettext("%(n)s 岁", "%(n)s 岁", n),
        "month": lambda: ngettext("%(n)s 个月", "%(n)s 个月", n),
        "day": lambda: ngettext("%(n)s 天", "%(n)s 天", n),
    }[unit]()
    return said % {"n": n}


def sex(value: str) -> str:
    """Return the label of a sex."""
    return str(Sex(value).label)


def group(kind: str) -> str:
    """Return the label of a group, one by age or one that somebody entered."""
    by_age = {"elderly": _("老年人"), "child": _("0–6 岁儿童")}
    return by_age.get(kind) or str(Tag.Kind(kind).label)


def insurance(scheme: str) -> str:
    """Return the label of a scheme; "" for none known."""
    return str(Coverage.Scheme(scheme).label) if scheme else ""


def zone(code: str) -> str:
    """Return how a registration was linked."""
    return str(dict(Zone.choices).get(code, code))


def verdict(code: str) -> str:
    """Return what was decided of who is who, or of an emergency access."""
    return str((dict(Verdict.choices) | dict(EmergencyReview.Verdict.choices)).get(code, code))
