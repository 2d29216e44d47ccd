"""Reads of results.  The caller has opened the record (`residents.access.open_record`) before asking."""

from dataclasses import dataclass

from tongmai.commons.results.models import Observation, Report


@dataclass(frozen=True)
class VersionLine:
    """An earlier version of a report with its values."""

    number: int
    values: list[Observation]


def values_of(report: Report) -> list[Observation]:
    """Return the current values of a report in its order."""
    return list(report.observations.filter(version=report.version))


def earlier_versions(report: Report) -> list[VersionLine]:
    """Return the values that a report had before, the latest version first."""
    found: dict[int, list[Observation]] = {}
    for row in report.observations.filter(version__lt=report.version):
        found.setdefault(row.version, []).append(row)
    return [VersionLine(number, found[number]) for number in sorted(found, reverse=True)]
