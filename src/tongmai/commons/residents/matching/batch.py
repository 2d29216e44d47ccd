"""A whole register at once: Splink on DuckDB estimates the weights and compares everybody who shares a key.

Needs the extra `matching`; the online index does without.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from tongmai.commons.residents.matching import settings
from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.keys import KINDS, keys
from tongmai.kernel.errors import Unavailable
from tongmai.kernel.text import N_

if TYPE_CHECKING:
    pass

CHUNK = 20_000
TABLE = "register"
_VALID = Facts._fields.index("is_number_valid")
# Splink samples pairs to see how often strangers agree; agreement of numbers that are nearly unique is too rare for that.
RARE = {("number", "exact"): 1e-6, ("insurance", "exact"): 1e-6, ("phone", "exact"): 2e-6,
        ("number", "near"): 1e-6, ("insurance", "near"): 1e-5, ("phone", "near"): 1e-6,
        ("village", "address"): 3e-6}  # fmt: skip
SAMPLED_PAIRS = 1e6


class NoEngine(Unavailable):
    code = "no-matching-engine"
    sentence = N_("缺少批量匹配组件：请先安装 tongmai[matching]")


class Pair(NamedTuple):
    """Two rows that may be one person, and the log2 of the odds."""

    left: int
    right: int
    weight: float


class Register:
    """People in an engine of their own, numbered in the order in which they are given; a context manager."""

    def __init__(self, *, memory: str = "2GB") -> None:
        """Raises NoEngine where the extra is not installed."""
        try:
            import duckdb
            import splink  # noqa: F401
        except ImportError:
            raise NoEngine() from None
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect()
        self.connection.execute(f"SET memory_limit = '{memory}'")
        self.connection.execute("SET preserve_insertion_order = false")
        self._folder = TemporaryDirectory(prefix="tongmai-matching-")  # for what does not fit into the memory
        self.connection.execute(f"SET temp_directory = '{self._folder.name}'")
        logging.getLogger("splink").setLevel(logging.ERROR)  # it tells every step of its own to the terminal
        columns = ", ".join(f'"{name}" VARCHAR' for name in [*Facts._fields, *KINDS])
        self.connection.execute(f'CREATE TABLE {TABLE} ("id" BIGINT, {columns})')
        self.n = 0

    def __enter__(self) -> "Register":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self._folder.cleanup()

    def add(self, people: Iterable[Facts]) -> None:
        """Add people to the end, a part at a time."""
        rows = iter(people)
        while chunk := list(islice(rows, CHUNK)):
            self._insert(chunk)

    def pairs(self, *, least: float) -> Iterator[Pair]:
        """Yield the pairs that share a key and weigh at least `least`, the heaviest first."""
        cursor = self.connection.execute(
            f"SELECT id_l, id_r, match_weight FROM {self._predicted(least)} ORDER BY 3 DESC, 1, 2"  # nosec B608
        )
        while rows := cursor.fetchmany(CHUNK):
            yield from (Pair(*row) for row in rows)

    def compared(self, *, least: float) -> Iterator[tuple[Pair, Facts, Facts]]:
        """Yield the same pairs with what is known of both."""
        sides = ", ".join(f'{side}."{name}"' for side in "lr" for name in Facts._fields)
        cursor = self.connection.execute(
            f"""
            SELECT p.id_l, p.id_r, p.match_weight, {sides} FROM {self._predicted(least)} p
            JOIN {TABLE} l ON l.id = p.id_l JOIN {TABLE} r ON r.id = p.id_r ORDER BY 3 DESC, 1, 2"""  # nosec B608
        )
        n = len(Facts._fields)
        while rows := cursor.fetchmany(CHUNK):
            yield from ((Pair(*row[:3]), _facts(row[3 : 3 + n]), _facts(row[3 + n :])) for row in rows)

    def clusters_by_splink_alone(self, *, least: float) -> int:
        """Have Splink make people of the pairs by itself; return how many.  What a bench compares with."""
        linker = self._linker()
        found = linker.inference.predict(threshold_match_weight=least)
        people = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_weight=least)
        rows = self.connection.execute(
            f"SELECT count(DISTINCT cluster_id) FROM {people.physical_name}"  # nosec B608
        ).fetchall()
        return int(rows[0][0])

    def trained(self, *, prior: float | None = None) -> dict[str, Any]:
        """Return the settings with weights estimated from these people; `prior` replaces the estimated share of pairs.

        Two passes, each among those who share a number that is nearly unique: what they agree on besides is then not
        what brought them together.
        """
        from splink import DuckDBAPI, Linker, block_on

        shape, rare = settings.definition(), RARE | self._chances()
        for comparison in shape["comparisons"]:
            for level in comparison["comparison_levels"]:
                if (u := rare.get((comparison["output_column_name"], level["label_for_charts"]))) is not None:
                    level |= {"u_probability": u, "fix_u_probability": True}
        linker = Linker(self._frame(DuckDBAPI(connection=self.connection)), shape)
        linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=1)
        for column in ("number", "insurance"):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(column), fix_u_probabilities=True
            )
        model: dict[str, Any] = linker.misc.save_model_to_json()
        if prior is not None:
            model["probability_two_random_records_match"] = prior
        return model

    def _chances(self) -> dict[tuple[str, str], float]:
        """Return how often two people agree by chance where a sample is too small to say: counted over all pairs."""
        same_name = self._chance("name", "name")
        return {
            ("name", "exact"): same_name,
            ("name", "homophone"): max(self._chance("pinyin", "pinyin") - same_name, 1e-7),
            ("born", "exact"): self._chance("born", "born"),
            ("born", "swapped"): self._chance("born", "swapped"),
            ("born", "lunar"): 2 * self._chance("born", "lunar"),
        }

    def _chance(self, left: str, right: str) -> float:
        rows = self.connection.execute(
            f"""
            WITH l AS (SELECT "{left}" v, count(*) n FROM {TABLE} WHERE "{left}" IS NOT NULL GROUP BY 1),
                 r AS (SELECT "{right}" v, count(*) n FROM {TABLE} WHERE "{right}" IS NOT NULL GROUP BY 1)
            SELECT coalesce(sum(l.n * r.n), 0), (SELECT sum(n) FROM l), (SELECT coalesce(sum(n), 1) FROM r)
            FROM l JOIN r USING (v)"""  # nosec B608  (our own names)
        ).fetchall()
        together, n_left, n_right = map(float, rows[0])
        itself = n_left if left == right else 0
        return max((together - itself) / (n_left * n_right), 1e-7)

    def _predicted(self, least: float) -> str:
        """Return the name of the table of pairs."""
        return str(self._linker().inference.predict(threshold_match_weight=least).physical_name)

    def _linker(self) -> Any:
        from splink import DuckDBAPI, Linker

        return Linker(self._frame(DuckDBAPI(connection=self.connection)), settings.shipped())

    def _frame(self, engine: Any) -> Any:
        return engine.register(TABLE, dataset_display_name=TABLE)

    def _insert(self, people: Sequence[Facts]) -> None:
        import pyarrow

        looked_up = [keys(each) for each in people]
        columns: dict[str, Any] = {"id": range(self.n, self.n + len(people))}
        columns |= {name: _nulls(each[at] for each in people) for at, name in enumerate(Facts._fields)}
        columns |= {name: _nulls(each[at] for each in looked_up) for at, name in enumerate(KINDS)}
        chunk = pyarrow.table({name: pyarrow.array(list(values)) for name, values in columns.items()})
        self.connection.register("chunk", chunk)
        self.connection.execute(f"INSERT INTO {TABLE} SELECT * FROM chunk")  # nosec B608
        self.connection.unregister("chunk")
        self.n += len(people)


def _nulls(values: Iterable[str | bool]) -> list[str | None]:
    """Return texts as SQL has them: nothing is NULL; a number that is valid is marked."""
    return [("1" if value is True else value) or None for value in values]


def _facts(row: Sequence[str | None]) -> Facts:
    texts: list[Any] = [value or "" for value in row]
    texts[_VALID] = bool(texts[_VALID])
    return Facts(*texts)
