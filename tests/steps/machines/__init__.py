"""Every life-cycle of the product, with a way into each of its states."""

from tests.steps.machines import care, critical, examinations, exchange, people, referrals, requests

MACHINES = [
    *referrals.MACHINES, *care.MACHINES, *people.MACHINES, *exchange.MACHINES, *requests.MACHINES,
    *examinations.MACHINES, *critical.MACHINES,
]  # fmt: skip
