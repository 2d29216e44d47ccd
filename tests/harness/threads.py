"""Several threads that begin at the same moment, each with its own database connection."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connections

PATIENCE_SECONDS = 60


@dataclass
class Outcomes:
    """What the threads returned and raised, each by the number of its thread."""

    returned: dict[int, object] = field(default_factory=dict)
    raised: dict[int, BaseException] = field(default_factory=dict)

    @property
    def results(self) -> list:
        return [self.returned[i] for i in sorted(self.returned)]

    @property
    def errors(self) -> list[BaseException]:
        return [self.raised[i] for i in sorted(self.raised)]

    def only_errors_of(self, *kinds: type[BaseException]) -> "Outcomes":
        """Raise the first error that is none of `kinds`; else return these outcomes."""
        for error in self.errors:
            if not isinstance(error, kinds):
                raise error
        return self


def run(n: int, work: Callable[[int], object]) -> Outcomes:
    """Call `work(i)` in `n` threads that pass a barrier together; wait for all of them."""
    barrier, outcomes = threading.Barrier(n), Outcomes()

    def body(i: int) -> None:
        try:
            barrier.wait(PATIENCE_SECONDS)
            outcomes.returned[i] = work(i)
        except BaseException as error:
            outcomes.raised[i] = error
        finally:
            connections.close_all()

    started = [threading.Thread(target=body, args=(i,), name=f"writer-{i}", daemon=True) for i in range(n)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(PATIENCE_SECONDS)
        if thread.is_alive():
            raise TimeoutError(f"{thread.name} did not end within {PATIENCE_SECONDS} s")
    return outcomes


@pytest.fixture
def threads(transactional_db):
    """`threads(n, fn)` calls `fn(0)` … `fn(n - 1)` at the same moment and returns their `Outcomes`.

    Rows are really committed, so what one thread writes the others see.
    """
    return run
