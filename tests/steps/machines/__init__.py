"""Every life-cycle of the product, with a way into each of its states."""

from tests.steps.machines import care, exchange, people, referrals

MACHINES = [*referrals.MACHINES, *care.MACHINES, *people.MACHINES, *exchange.MACHINES]
