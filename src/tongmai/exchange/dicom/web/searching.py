"""Studies, series and instances found in our own tables (QIDO-RS).

Who searches finds what was taken where she works.  What was taken elsewhere is found only by whoever names it (study,
accession number or patient number) and has a reason to open that person's record; that opening is logged.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tongmai.commons.imaging.models import Instance, Series, Study
from tongmai.commons.residents import access as residents
from tongmai.commons.residents.models import SearchKey
from tongmai.exchange.dicom.web import describing
from tongmai.exchange.dicom.web.asking import Asked
from tongmai.exchange.dicom.web.errors import WrongParameter
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel import pinyin
from tongmai.kernel.months import REPORTING_ZONE

_NAMES_SOMEBODY = frozenset({"StudyInstanceUID", "AccessionNumber", "PatientID"})
_KINDS_OF_NAMES = ("name", "full", "initials")
_SEX = {"male": "M", "female": "F"}
_UNSAID = "OT"  # a modality must be said; a study of which none is known keeps a viewer from showing its whole list


def studies(asked: Asked, *, by: Actor) -> list[dict[str, Any]]:
    """Return the studies that fit, the latest first, as DICOM JSON."""
    rows = list(_studies(asked, by).order_by("-studied_at", "id")[asked.offset : asked.offset + asked.limit])
    counts = _counts([row.id for row in rows])
    return [describing.attributes(_of_study(row, counts.get(row.id))) for row in rows]


def series(asked: Asked, *, by: Actor) -> list[dict[str, Any]]:
    """Return the series that fit, with what is said of their studies."""
    rows = Series.objects.filter(study__in=_studies(asked, by).order_by().values("id")).select_related(
        "study__resident"
    )
    rows = _narrowed(rows, asked.values, _OF_SERIES).annotate(n=Count("instances"))
    found = rows.order_by("-study__studied_at", "study_id", "number", "uid")[asked.offset : asked.offset + asked.limit]
    return [describing.attributes(_of_study(row.study, None) | _of_series(row)) for row in found]


def instances(asked: Asked, *, by: Actor) -> list[dict[str, Any]]:
    """Return the instances that fit, with what is said of their series and studies."""
    rows = Instance.objects.filter(series__study__in=_studies(asked, by).order_by().values("id"))
    rows = _narrowed(
        rows.select_related("series__study__resident"), asked.values, _prefixed(_OF_SERIES, "series__") | _OF_INSTANCES
    )
    order = ("-series__study__studied_at", "series__study_id", "series__number", "series__uid", "number", "sop_uid")
    found = rows.order_by(*order)[asked.offset : asked.offset + asked.limit]
    return [
        describing.attributes(
            _of_study(row.series.study, None) | _of_series(row.series, is_counted=False) | _of_instance(row)
        )
        for row in found
    ]


def _studies(asked: Asked, by: Actor) -> QuerySet[Study]:
    rows = Study.objects.filter(resident__isnull=False).select_related("resident")
    rows = _narrowed(rows, asked.values, _OF_STUDIES)
    if by.role == Role.SYSTEM:
        return rows
    seen = Q(org_id=by.org_id)
    if names := _names_somebody(asked):
        named = _narrowed(rows, names, _OF_STUDIES).filter(~seen, residents.reach(by, "resident__")).order_by()
        seen |= Q(id__in=_opened(named.values_list("id", "resident_id", "sensitivity", "org_id")[:100], by))
    return rows.filter(seen)


def _opened(rows: Iterable[tuple[UUID, UUID, str, UUID]], by: Actor) -> list[UUID]:
    """Return the studies whose person `by` has a reason to read; each person is opened once."""
    views: dict[UUID, Any] = {}
    for _study, resident_id, _kinds, _org in rows:
        if resident_id not in views:
            opened = residents.open_where_there_is_reason(resident_id, by=by, what="studies")
            views[resident_id] = opened.view if opened else None
    return [study for study, who, kinds, org in rows if views[who] is not None and views[who].sees(kinds, org)]


def _names_somebody(asked: Asked) -> dict[str, str]:
    """Return the numbers that are named whole; viewers put stars around whatever is typed."""
    names = {name: value.strip("*") for name, value in asked.values.items() if name in _NAMES_SOMEBODY}
    return {name: value for name, value in names.items() if value and "*" not in value and "?" not in value}


def _narrowed(rows: QuerySet, values: dict[str, str], known: dict[str, Callable[[str], Q]]) -> QuerySet:
    for name, value in values.items():
        if name in known:
            rows = rows.filter(known[name](value))
    return rows


def _text(column: str) -> Callable[[str], Q]:
    """A text with * and ?, as DICOM matches (PS3.4 C.2.2.2.4); without them it is equal."""

    def condition(value: str) -> Q:
        plain = value.strip("*")
        if "?" in value or "*" in plain:
            pattern = re.escape(value).replace(r"\*", ".*").replace(r"\?", ".")
            return Q(**{f"{column}__iregex": f"^{pattern}$"})
        how = {
            (False, False): "",
            (True, True): "__icontains",
            (False, True): "__istartswith",
            (True, False): "__iendswith",
        }
        return Q(**{column + how[value.startswith("*"), value.endswith("*")]: plain}) if plain else Q()

    return condition


def _list(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{f"{column}__in": [each for each in re.split(r"[,\\]", value) if each][:1000]})


def _number(column: str) -> Callable[[str], Q]:
    def condition(value: str) -> Q:
        if not value.lstrip("-").isdecimal() or len(value) > 9:
            raise WrongParameter(name=column, value=value[:40])
        return Q(**{column: int(value)})

    return condition


def _dates(value: str) -> Q:
    """One day, or a span of days with an end left open, both included."""
    begins, dash, ends = value.partition("-")
    first, last = _day(begins, value), _day(ends if dash else begins, value)
    found = Q()
    if first:
        found &= Q(studied_at__gte=first)
    if last:
        found &= Q(studied_at__lt=last + timedelta(days=1))
    return found


def _day(text: str, value: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=REPORTING_ZONE)
    except ValueError as why:
        raise WrongParameter(name="StudyDate", value=value[:40]) from why


def _person(value: str) -> Q:
    """A name in characters, in pinyin or by its initials; the beginning of one with a star behind it.

    Characters are also found within a name; letters are not, as viewers put stars around whatever is typed.
    """
    wanted = value.replace("^", "").replace("=", "").strip()
    plain = pinyin.query(wanted.strip("*"))
    if not plain:
        return Q()
    is_within = wanted.startswith("*") and not wanted.isascii()
    if is_within or "?" in wanted or "*" in wanted.strip("*"):
        return _text("resident__name")(wanted)
    how = "key__prefix" if wanted.endswith("*") else "key"
    keys = SearchKey.objects.filter(kind__in=_KINDS_OF_NAMES, **{how: plain})
    return Q(resident_id__in=keys.values("resident_id")) | Q(said_name=wanted)


def _modalities(value: str) -> Q:
    wanted = [each for each in re.split(r"[,\\]", value.upper()) if each]
    return Q(id__in=Series.objects.filter(modality__in=wanted).values("study")) if wanted else Q()


_OF_STUDIES: dict[str, Callable[[str], Q]] = {
    "StudyInstanceUID": _list("uid"), "StudyDate": _dates, "AccessionNumber": _text("said_accession"),
    "PatientID": _text("said_number"), "PatientName": _person, "ModalitiesInStudy": _modalities,
    "StudyDescription": _text("description"), "PatientSex": _text("said_sex"),
}  # fmt: skip
_OF_SERIES: dict[str, Callable[[str], Q]] = {
    "SeriesInstanceUID": _list("uid"), "Modality": _text("modality"), "SeriesNumber": _number("number"),
    "SeriesDescription": _text("description"), "BodyPartExamined": _text("body_part"),
}  # fmt: skip
_OF_INSTANCES: dict[str, Callable[[str], Q]] = {
    "SOPInstanceUID": _list("sop_uid"), "SOPClassUID": _list("sop_class"), "InstanceNumber": _number("number"),
}  # fmt: skip


def _prefixed(known: dict[str, Callable[[str], Q]], prefix: str) -> dict[str, Callable[[str], Q]]:
    return {name: lambda value, each=each: _moved(each(value), prefix) for name, each in known.items()}


def _moved(condition: Q, prefix: str) -> Q:
    return Q(*[(f"{prefix}{name}", value) for name, value in condition.children])  # type: ignore[misc]


KNOWN = frozenset(_OF_STUDIES) | frozenset(_OF_SERIES) | frozenset(_OF_INSTANCES)


def _counts(study_ids: list[UUID]) -> dict[UUID, tuple[list[str], int, int]]:
    """Return of each study its modalities, and how many series and instances it has."""
    rows = Series.objects.filter(study__in=study_ids).order_by("modality").annotate(n=Count("instances"))
    found: dict[UUID, tuple[list[str], int, int]] = {}
    for study_id, modality, n in rows.values_list("study_id", "modality", "n"):
        kinds, n_series, n_instances = found.get(study_id, ([], 0, 0))
        found[study_id] = (list(dict.fromkeys([*kinds, modality or _UNSAID])), n_series + 1, n_instances + n)
    return found


def _of_study(row: Study, counted: tuple[list[str], int, int] | None) -> dict[str, Any]:
    who = row.resident
    assert who is not None
    said = {
        "StudyDate": describing.day(row.studied_at), "StudyTime": describing.moment(row.studied_at),
        "AccessionNumber": row.order_number or row.said_accession, "ReferringPhysicianName": None, "StudyID": None,
        "StudyDescription": row.description, "PatientName": who.name, "PatientID": row.said_number,
        "PatientBirthDate": describing.day(who.born_on), "PatientSex": _SEX.get(who.sex, "O"),
        "StudyInstanceUID": row.uid, "InstanceAvailability": "ONLINE",
    }  # fmt: skip
    if counted:
        kinds, n_series, n_instances = counted
        said |= {
            "ModalitiesInStudy": kinds, "NumberOfStudyRelatedSeries": n_series, "NumberOfStudyRelatedInstances": n_instances,
        }  # fmt: skip
    return said


def _of_series(row: Any, *, is_counted: bool = True) -> dict[str, Any]:
    said = {
        "Modality": row.modality or _UNSAID, "SeriesInstanceUID": row.uid, "SeriesNumber": row.number,
        "SeriesDescription": row.description, "BodyPartExamined": row.body_part,
    }  # fmt: skip
    return said | ({"NumberOfSeriesRelatedInstances": row.n} if is_counted else {})


def _of_instance(row: Instance) -> dict[str, Any]:
    said = {
        "SOPClassUID": row.sop_class, "SOPInstanceUID": row.sop_uid, "InstanceNumber": row.number,
        "AvailableTransferSyntaxUID": row.transfer_syntax,
    }  # fmt: skip
    return said | ({"Rows": row.n_rows, "Columns": row.n_columns, "NumberOfFrames": row.n_frames} if row.n_rows else {})
