"""ORU R01, OUL R22–R24: results, each report by itself."""

from typing import Any

from tongmai.commons.results import services as results
from tongmai.exchange.hl7v2 import results_in
from tongmai.exchange.hl7v2.results_in import ReportFacts
from tongmai.exchange.services import objects
from tongmai.exchange.services.applying import codes, people
from tongmai.exchange.services.arrival import Arrival, NotApplied
from tongmai.foundation.terminology.choices import CodeSet

_OF_THE_MESSAGE = frozenset({"key", "location", "values"})


def apply(arrival: Arrival) -> str:
    """Store the reports of the message; one that is older than what is known leaves it as it is."""
    reports, fault = results_in.reports(arrival.read)
    if fault is not None:
        raise NotApplied(fault)
    keys = [(objects.REPORT, report.key) for report in reports]
    objects.lock(arrival, *keys, visit=objects.visit_number(arrival.read))
    resident_id = people.resident_of(arrival)
    encounter_id = objects.encounter_of(arrival)
    done = [_store(arrival, report, resident_id, encounter_id) for report in reports]
    codes.note(arrival, [(CodeSet.CHARGES, each.code, each.name, each.system, each.location) for each in reports])
    return "report" if "report" in done else "stale"


def _store(arrival: Arrival, report: ReportFacts, resident_id: Any, encounter_id: Any) -> str:
    entry = objects.locked(arrival, objects.REPORT, report.key)
    if objects.is_old(entry, arrival.said_at):
        return "stale"
    facts = {name: value for name, value in vars(report).items() if name not in _OF_THE_MESSAGE}
    stored = results.store_report(
        resident_id,
        org_id=arrival.source.org_id,
        facts=facts | ({"encounter_id": encounter_id} if encounter_id else {}),
        values=[vars(value) for value in report.values],
        by=arrival.by,
        report_id=entry.target_id,
    )
    objects.note(entry, said_at=arrival.said_at, target_id=stored.id)
    return "report"
