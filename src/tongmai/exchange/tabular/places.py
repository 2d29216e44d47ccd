"""Which village a register means: by its code, or by the names of town and village within the county."""

from dataclasses import dataclass, field
from datetime import date

from tongmai.foundation.catalog import selectors as catalog

TOWN_DIGITS, VILLAGE_DIGITS = 9, 12
_ENDINGS = ("村民委员会", "居民委员会", "社区居委会", "村委会", "居委会", "社区", "村")
_TOWN_ENDINGS = ("街道办事处", "街道", "镇", "乡")


@dataclass
class Villages:
    """The villages of one county, read once per import step."""

    county_code: str
    on: date
    _by_code: dict[str, str] = field(default_factory=dict)
    _towns: dict[str, str] = field(default_factory=dict)
    _named: dict[str, list[str]] = field(default_factory=dict)  # core of a village's name → codes

    def __post_init__(self) -> None:
        for row in catalog.divisions_under(self.county_code, self.on) if self.county_code else ():
            if len(row.code) == VILLAGE_DIGITS:
                name = self._by_code[row.code] = _core(row.name, _ENDINGS)
                self._named.setdefault(name, []).append(row.code)
            elif len(row.code) == TOWN_DIGITS:
                self._towns[row.code] = _core(row.name, _TOWN_ENDINGS)

    def find(self, code: str, town: str, village: str) -> list[str]:
        """Return the codes of the villages that are meant: one if it is clear, several or none if it is not."""
        if len(code) == VILLAGE_DIGITS:
            return [code] if code in self._by_code else []
        wanted, within = _core(village, _ENDINGS), _core(town, _TOWN_ENDINGS)
        return [
            found
            for found in self._named.get(wanted, ())
            if found.startswith(code) and (not within or self._towns.get(found[:TOWN_DIGITS]) == within)
        ]


def _core(name: str, endings: tuple[str, ...]) -> str:
    """示例村村民委员会, 示例村 and 示例 are the same; a name is never shortened to nothing."""
    while ending := next((e for e in endings if name.endswith(e) and len(name) > len(e)), ""):
        name = name.removesuffix(ending)
    return name
