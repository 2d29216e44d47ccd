"""The description file of a county: its towns and villages, its facilities, its alliances.  Format: docs/county-file.md.

Pure: text in, frozen objects out, or every flaw at once.  The demonstration is built from what `load` returns; nothing
in the code knows a particular county.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

COUNTIES = Path(__file__).parent / "counties"

CountyCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
TownCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
VillageCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
Name = Annotated[str, StringConstraints(min_length=2, max_length=60, strip_whitespace=True)]
ClassCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{3}$")]
Status = Literal["stated", "inferred", "local-default"]


class CountyFileError(Exception):
    """The file cannot be used.  `problems` has one sentence per flaw, naming the place in the file."""

    def __init__(self, path: str, problems: list[str]) -> None:
        super().__init__(f"{path} cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.path = path
        self.problems = problems


class Part(BaseModel):
    """Strict: an unknown key or a number where a text is meant is a flaw, not a guess."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Head(Part):
    """The county itself.  `population` scales the number of invented residents."""

    code: CountyCode
    name: Name
    city: Name
    province: Name
    population: Annotated[int, Field(ge=1, le=3_000_000)]
    source: str = ""


class Town(Part):
    """A town, a street or a special area.

    `succeeds` is the town from which it was split, `served_by` the town whose health centre serves it (both codes).
    """

    code: TownCode
    name: Name
    kind: Literal["town", "street", "area"] = "town"
    succeeds: TownCode | None = None
    served_by: TownCode | None = None
    since: date | None = None
    status: Status = "stated"
    villages: dict[VillageCode, Name] = {}

    @property
    def medical_town(self) -> str:
        """The code of the town whose health centre serves this one."""
        return self.served_by or self.code


class Facility(Part):
    """A facility or authority.  `facility_class` (WS 218) is blank for an authority, `town` for one outside the county."""

    key: Key
    name: Name
    short_name: Annotated[str, StringConstraints(max_length=40)] = ""
    code: Annotated[str, StringConstraints(max_length=32)] = ""
    kind: Literal["facility", "commission", "insurer", "cdc"] = "facility"
    level: Literal["village", "township", "county", "outside"]
    facility_class: ClassCode | None = Field(default=None, alias="class")
    grade: Annotated[str, StringConstraints(max_length=16)] = ""
    town: TownCode | None = None
    village: VillageCode | None = None
    status: Status = "stated"


class VillageClinics(Part):
    """One clinic per village: how they are called and classed.  `{name}` is the village without its committee's word."""

    village_name: str = "{name}卫生室"
    village_class: ClassCode = "D600"
    community_name: str = "{name}卫生服务站"
    community_class: ClassCode = "B200"


class Group(Part):
    """An alliance: its lead, the towns that belong to it with all their facilities, and further members (keys)."""

    key: Key
    name: Name
    form: Literal["urban_group", "county_community", "specialty_alliance", "telemedicine_network"]
    tightness: Literal["tight", "loose"]
    lead: Key
    towns: list[TownCode] = []
    members: list[Key] = []
    specialty: str = ""
    starts_on: date
    status: Status = "stated"


class County(Part):
    """A county as its file describes it.  What it says has been checked against itself."""

    county: Head
    towns: Annotated[list[Town], Field(min_length=1)]
    facilities: Annotated[list[Facility], Field(min_length=1)]
    village_clinics: VillageClinics = VillageClinics()
    groups: Annotated[list[Group], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        problems = [*_flaws_of_towns(self), *_flaws_of_facilities(self), *_flaws_of_groups(self)]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def town(self, code: str) -> Town:
        """Return the town of this code."""
        return next(town for town in self.towns if town.code == code)

    def villages(self) -> Iterator[tuple[str, str]]:
        """Yield the code and the name of every village, by town."""
        for town in self.towns:
            yield from town.villages.items()

    def clinics(self) -> list[Facility]:
        """Return one clinic for each village, in the order of the villages; a community's is called a station."""
        return [self._clinic(town, code, name) for town in self.towns for code, name in town.villages.items()]

    def _clinic(self, town: Town, code: str, name: str) -> Facility:
        plan = self.village_clinics
        is_community = name.endswith(("居民委员会", "居委会", "社区"))
        pattern = plan.community_name if is_community else plan.village_name
        called = pattern.format(name=_without_committee(name))
        return Facility.model_validate(
            {
                "key": f"v{code}",
                "code": f"{code}-1",
                "name": f"{town.name}{called}",
                "short_name": called,
                "level": "village",
                "class": plan.community_class if is_community else plan.village_class,
                "town": town.code,
                "village": code,
                "status": "local-default",
            }
        )

    def parent_of(self, clinic: Facility) -> Facility | None:
        """Return the township facility that a clinic belongs to: that of the town which serves its own."""
        if clinic.town is None:
            return None
        served = self.town(clinic.town).medical_town
        return next((f for f in self.facilities if f.level == "township" and f.town == served), None)

    def members_of(self, group: Group) -> list[Facility]:
        """Return the members of a group without its lead: those named, and all facilities of its towns.

        A street or an area belongs with the town that serves it.
        """
        served = {town.code for town in self.towns if town.medical_town in group.towns}
        local = [f for f in (*self.facilities, *self.clinics()) if f.level in {"township", "village"}]
        named = [f for f in self.facilities if f.key in group.members]
        rest = [f for f in local if f.town in served and f.key not in group.members]
        return [f for f in (*named, *rest) if f.key != group.lead]


# What must agree


def _flaws_of_towns(county: County) -> Iterator[str]:
    codes = [town.code for town in county.towns]
    yield from (f"towns: {code} is there twice" for code in _twice(codes))
    for town in county.towns:
        if not town.code.startswith(county.county.code):
            yield f"towns: {town.name} ({town.code}) does not lie in {county.county.code}"
        for word, other in (("succeeds", town.succeeds), ("served_by", town.served_by)):
            if other is not None and (other not in codes or other == town.code):
                yield f"towns: {town.name} {word} {other}, which is no other town of this file"
        yield from (
            f"villages: {name} ({code}) does not lie in {town.name} ({town.code})"
            for code, name in town.villages.items()
            if not code.startswith(town.code)
        )
    yield from (f"villages: {code} is there twice" for code in _twice(code for code, _ in county.villages()))


def _flaws_of_facilities(county: County) -> Iterator[str]:
    towns = {town.code for town in county.towns}
    villages = dict(county.villages())
    yield from (f"facilities: the key {key} is there twice" for key in _twice(f.key for f in county.facilities))
    yield from (f"facilities: the name {n} is there twice" for n in _twice(f.name for f in county.facilities))
    yield from (f"facilities: the code {c} is there twice" for c in _twice(f.code for f in county.facilities if f.code))
    for facility in county.facilities:
        yield from (f"facilities: {facility.key} {flaw}" for flaw in _flaws_of_place(facility, towns, villages))
        if facility.kind == "facility" and facility.facility_class is None:
            yield f"facilities: {facility.key} needs its class (WS 218)"
    centres = Counter(f.town for f in county.facilities if f.level == "township" and f.kind == "facility")
    for town in county.towns:
        if town.villages and not centres[town.medical_town]:
            yield f"towns: {town.name} has villages, but no township facility serves it"


def _flaws_of_place(facility: Facility, towns: set[str], villages: dict[str, str]) -> Iterator[str]:
    if facility.level == "outside":
        if facility.town is not None:
            yield "is outside the county and cannot stand in a town of it"
    elif facility.town is None:
        yield "needs the town where it stands"
    elif facility.town not in towns:
        yield f"stands in {facility.town}, which is no town of this file"
    if facility.village is not None and facility.village not in villages:
        yield f"stands in {facility.village}, which is no village of this file"


def _flaws_of_groups(county: County) -> Iterator[str]:
    keys = {facility.key for facility in county.facilities}
    towns = {town.code for town in county.towns}
    yield from (f"groups: the key {key} is there twice" for key in _twice(group.key for group in county.groups))
    for group in county.groups:
        yield from (
            f"groups: {group.key} names {key}, which is no facility of this file"
            for key in (group.lead, *group.members)
            if key not in keys
        )
        yield from (
            f"groups: {group.key} names the town {code}, which is not in this file"
            for code in group.towns
            if code not in towns
        )
        yield from (f"groups: {group.key} names {key} twice" for key in _twice([*group.members, group.lead]))
        if not group.towns and not group.members:
            yield f"groups: {group.key} has no member beside its lead"
    communities = [group for group in county.groups if group.form == "county_community"]
    for code in _twice(code for group in communities for code in group.towns):
        yield f"groups: the town {code} belongs to two county communities"
    for key in _twice(group.lead for group in communities):
        yield f"groups: {key} leads two county communities"
    led = {group.lead for group in communities}
    for group in communities:
        for key in group.members:
            if key in led and key != group.lead:
                yield f"groups: {group.key} has two leads: {key} leads another county community"


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, n in Counter(values).items() if n > 1]


def _without_committee(name: str) -> str:
    if name.endswith("村民委员会"):
        return name.removesuffix("民委员会")
    return name.removesuffix("居民委员会").removesuffix("居委会")


# Reading


def load(path: Path) -> County:
    """Return the county that the file describes.

    Raises:
        CountyFileError: it cannot be read, is no YAML, or says something that does not fit; all flaws are named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CountyFileError(str(path), [str(error)]) from error
    return parse(text, path.name)


def parse(text: str, name: str = "the county file") -> County:
    """Return the county that the YAML `text` describes.  Raises CountyFileError."""
    try:
        content = yaml.load(text, Loader=_Loader)  # nosec B506: a SafeLoader
    except yaml.YAMLError as error:
        raise CountyFileError(name, [f"not YAML: {error}"]) from error
    if not isinstance(content, dict):
        raise CountyFileError(name, ["the file must hold county, towns, facilities and groups"])
    try:
        return County.model_validate(content)
    except ValidationError as error:
        raise CountyFileError(name, list(_sentences(error))) from error


def _sentences(error: ValidationError) -> Iterator[str]:
    for each in error.errors():
        place = ".".join(str(part) for part in each["loc"])
        message = each["msg"].removeprefix("Value error, ")
        yield from (f"{place}: {line}" if place else line for line in message.splitlines())


class _Loader(yaml.SafeLoader):
    """Safe YAML in which a key written twice is an error: the second would silently replace the first."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[object, object]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in _twice(str(key) for key in keys):
        raise yaml.constructor.ConstructorError(None, None, f"the key {key} is written twice", node.start_mark)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
