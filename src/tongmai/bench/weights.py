"""Where the shipped weights of the matching come from: `python -m tongmai.bench.weights [PEOPLE]` estimates and writes them.

A county whose registers differ from the invented ones estimates from its own rows in the same way (`Register.trained`).
"""

import json
import sys

from tongmai.bench.match_running import facts_in
from tongmai.bench.registries import Registry
from tongmai.commons.residents.matching import settings
from tongmai.commons.residents.matching.batch import Register

PEOPLE = 200_000
SEED = 2  # other people than those of `bench match`
# Of all pairs of rows in a county of a million people, those that are one person: a third of the people have a second row.
PRIOR = 4e-7


def main(people: int) -> None:
    with Register() as register:
        register.add(facts_in(record) for record, _ in Registry(people, seed=SEED).records())
        model = settings.tidy(register.trained(prior=PRIOR))
    settings.FILE.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
