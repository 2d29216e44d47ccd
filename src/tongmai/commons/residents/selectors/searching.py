"""Finding a person by anything one knows of her.  Every step is served by the index on `SearchKey.key`."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongmai.commons.residents import access, rules, words
from tongmai.commons.residents.models import Identifier, Resident, SearchKey
from tongmai.commons.residents.selectors.places import place_names
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel import citizen_id

MOST_RESULTS = 50
MOST_TERMS = 3
MOST_CHARACTERS = 60
CANDIDATES_PER_RESULT = 8  # keys read per wanted person: one has several keys that begin alike
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
# Which kind of key a hit is worth: a whole number is meant, a tail may be chance.
_WORTH = {"id": 0, "card": 0, "phone": 1, "name": 2, "initials": 3, "full": 3, "id_tail": 4, "phone_tail": 4}


_SHOWN = ("name", "sex", "born_on", "village_code", "id_masked", "died_on")
_FIELDS = ("resident_id", "kind", "key", *(f"resident__{name}" for name in _SHOWN))


@dataclass(frozen=True)
class Found:
    """One line of a search: what may be shown of a person before her record is opened."""

    id: UUID
    name: str
    sex: str  # Sex
    sex_text: str
    age_text: str
    town: str
    village: str
    id_masked: str
    is_dead: bool
    matched: str  # SearchKey.Kind by which she was found


def search(q: str, *, by: Actor, limit: int = 20) -> list[Found]:
    """Return at most `limit` (≤ 50) residents whom `by` may find, best first.

    `q` is a name, full pinyin, initials, phone (or its last four digits), identifier (or its last four or six), or
    card number, or the beginning of one; up to three words narrow each other, a year of birth among them (`zxf 1961`).
    Order: exact keys before beginnings, shorter keys before longer, then by name.  Nothing to look for finds nothing.
    """
    limit = max(1, min(limit, MOST_RESULTS))
    terms = [term for term in map(rules.fold, q[:MOST_CHARACTERS].split()) if term][:MOST_TERMS]
    if not terms:
        return []
    if all(term.isdigit() for term in terms):  # 139 5555 6666 is one number
        terms = ["".join(terms)]
    # A year alone is as good a number as any other; beside a word it is a year of birth.
    years = [term for term in terms[1:] if _YEAR.fullmatch(term)]
    wanted = [term for term in terms if term not in years]
    hits = _best(_keys(wanted, years, limit, is_whole=True, by=by), wanted[0])
    if len(hits) < limit:
        hits = _best(_keys(wanted, years, limit, is_whole=False, by=by), wanted[0]) | hits
    return _lines(sorted(hits.values(), key=lambda hit: hit["rank"])[:limit], by.today)


def by_number(kind: str, value: str, *, by: Actor, issuer: str = "") -> UUID | None:
    """Return the resident in reach who holds this number now, in any spelling of it; None when there is none.

    Raises:
        CitizenIdError, InvalidInput: it cannot be such a number.
    """
    number = rules.number(kind, value, issuer=issuer)
    held = Identifier.objects.filter(kind=number.kind, issuer=number.issuer, value=number.value, is_current=True)
    return held.filter(access.reach(by, "resident__")).values_list("resident_id", flat=True).first()


def _keys(wanted: list[str], years: list[str], limit: int, *, is_whole: bool, by: Actor) -> list[dict]:
    """Return keys that are (or begin with) the first word, of residents whom the other words and years fit."""
    most = limit * CANDIDATES_PER_RESULT
    if len(wanted) == 1 and not years:
        return _ONE_WORD.rows(by, word=wanted[0], is_whole=is_whole, most=most)
    return list(_narrowed(_of_word(by, wanted[0], is_whole), wanted[1:], years).values(*_FIELDS)[:most])


def _one_word(by: Actor, *, word: str, is_whole: bool, most: int) -> QuerySet[SearchKey]:
    return _of_word(by, word, is_whole).values(*_FIELDS)[:most]


_ONE_WORD = Prepared(_one_word)


def _of_word(by: Actor, word: str, is_whole: bool) -> QuerySet[SearchKey]:
    """Unordered, so that the database stops when it has enough."""
    found = {"key": word} if is_whole else {"key__prefix": word}
    return SearchKey.objects.filter(access.reach(by, "resident__"), **found)


def found_by(said: str) -> Q:
    """Return the condition of rows with a `resident` whom these words find: name, pinyin, number, telephone."""
    term = rules.fold(said.strip()[:MOST_CHARACTERS])
    if not term:
        return Q(pk__isnull=True)
    return Q(Exists(SearchKey.objects.filter(resident=OuterRef("resident_id"), key__prefix=term)))


def _narrowed(rows: QuerySet[SearchKey], terms: list[str], years: list[str]) -> QuerySet[SearchKey]:
    for year in years:
        rows = rows.filter(born_year=int(year))
    for term in terms:
        rows = rows.filter(Exists(SearchKey.objects.filter(resident=OuterRef("resident"), key__prefix=term)))
    return rows


def _best(rows: list[dict], term: str) -> dict[UUID, dict]:
    """Return the best key of each person, by person."""
    found: dict[UUID, dict] = {}
    for row in rows:
        row["rank"] = (
            row["key"] != term,
            _WORTH[row["kind"]],
            len(row["key"]),
            row["resident__name"],
            row["resident_id"],
        )
        held = found.get(row["resident_id"])
        if held is None or row["rank"] < held["rank"]:
            found[row["resident_id"]] = row
    return found


def _lines(hits: list[dict], on: date) -> list[Found]:
    names = place_names({hit["resident__village_code"] for hit in hits}, on)
    lines = []
    for hit in hits:
        town, village = names.get(hit["resident__village_code"], ("", ""))
        lines.append(
            Found(
                id=hit["resident_id"],
                name=hit["resident__name"],
                sex=hit["resident__sex"],
                sex_text=words.sex(hit["resident__sex"]),
                age_text=words.age(hit["resident__born_on"], hit["resident__died_on"] or on),
                town=town,
                village=village,
                id_masked=hit["resident__id_masked"],
                is_dead=hit["resident__died_on"] is not None,
                matched=hit["kind"],
            )
        )
    return lines


def lines_of(residents: QuerySet[Resident], on: date) -> list[Found]:
    """Return residents as lines of a search, in their order; for duplicate warnings."""
    rows = residents.values("id", *_SHOWN)
    return _lines(
        [{"resident_id": row["id"], "kind": "", **{f"resident__{name}": row[name] for name in _SHOWN}} for row in rows],
        on,
    )


def alike(*, name: str, born_on: date | None, phone: str, by: Actor, id_number: str = "") -> list[Found]:
    """Return residents in reach who may be the person that is being registered; at most five.

    Those with the same name and birth, or the same name and phone.  Who holds the very same number is not asked here:
    that is refused by `services.register`, whatever the name.  A birth that is not entered is taken from the number.
    """
    if not name.strip():
        return []
    if born_on is None and citizen_id.is_valid(id_number):
        born_on = citizen_id.parse(id_number).born_on
    same = Q()
    if born_on is not None:
        same |= Q(born_on=born_on)
    if phone.strip():
        same |= Q(Exists(SearchKey.objects.filter(resident=OuterRef("id"), kind="phone", key=rules.fold(phone))))
    if not same:
        return []
    named = SearchKey.objects.filter(kind=SearchKey.Kind.NAME, key=rules.fold(name)).values("resident")
    return lines_of(access.visible(by).filter(same, id__in=named).order_by("id")[:5], by.today)
