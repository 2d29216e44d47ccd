"""The smallest unified sets, and local codes beside them."""

from datetime import date
from typing import Any

from tongmai.foundation.catalog.models import Code, CodeList
from tongmai.foundation.catalog.search import keys_of
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.terminology import selectors, services, suggesting
from tongmai.foundation.terminology.models import LocalCode

LONG_AGO = date(2020, 1, 1)
TODAY = orgs.NOW.date()


def unified_set(code_set: str, *rows: tuple[str, ...], starts_on: date = LONG_AGO, version: str = "v1") -> CodeList:
    """An edition that holds `rows`: (code, name) or (code, name, everyday names); the one before it ends."""
    suggesting._edition.cache_clear()  # a test before may have had another edition of the same number
    CodeList.objects.filter(system=code_set, ends_before=None).update(ends_before=starts_on)
    made = CodeList.objects.create(
        system=code_set, version=version, title="测试目录", source="测试", starts_on=starts_on
    )
    Code.objects.bulk_create(
        Code(
            list=made,
            code=code,
            name=name,
            everyday_names="".join(more),
            search=keys_of(name, *"".join(more).split("；")),
        )
        for code, name, *more in rows
    )
    return made


def local(world: orgs.CountyWorld, code: str, name: str = "", **facts: Any) -> LocalCode:
    """A local code of the township, a diagnosis unless `code_set` says otherwise."""
    given: dict[str, Any] = {"org_id": world.township.id, "code_set": "icd10", "system": "", "code": code, "name": name}
    made, _ = services.enter(by=world.actor(Role.SYSTEM), **given | facts)
    return made


def meaning(row: LocalCode, on: date = TODAY) -> selectors.Meaning:
    """What a local code means on a day."""
    key = selectors.Key(row.org_id, row.code_set, row.system, row.code)
    return selectors.meanings([key], on)[key]
