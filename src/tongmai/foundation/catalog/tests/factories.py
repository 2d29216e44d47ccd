"""The smallest valid catalogue."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from tongmai.foundation.catalog import services, starter
from tongmai.foundation.catalog.models import Code, CodeList

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class By:
    """What the catalogue needs of an actor (the real one lives in a layer above)."""

    now: datetime = NOW
    user_id: UUID | None = None
    post_id: UUID | None = None
    org_id: UUID | None = None
    county_code: str = ""
    role: str = "system"
    name: str = "系统"
    org_name: str = ""


def edition(version: str = "v1", *, starts_on: date = date(2020, 1, 1), rows=()) -> CodeList:
    """An ICD-10 edition that holds `rows`: (code, name) or (code, name, everyday names, is common)."""
    made = services.place_list(
        system=CodeList.System.ICD10, version=version, title="测试目录", source="测试", starts_on=starts_on
    )
    services.put_codes(made, [_row(*row) for row in rows], by=By())
    return made


def _row(code: str, name: str, everyday_names: str = "", is_common: bool = False) -> starter.DiagnosisRow:
    return starter.DiagnosisRow(code=code, name=name, everyday_names=everyday_names, is_common=is_common)


def codes_of(made: CodeList) -> list[str]:
    return list(Code.objects.filter(list=made).values_list("code", flat=True))
