"""The page of one encounter.  Every form on it is sent by itself, and shown again here when it was refused."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from tongmai.commons.encounters import access, choices, forms, presenters, selectors, unified
from tongmai.commons.encounters.states import Step
from tongmai.commons.residents import bases, marks
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import page


def shown(request: HttpRequest, encounter_id: UUID, status: int = 200, **bound: Any) -> HttpResponse:
    """Answer with the page; `bound` holds the form that was refused, by its name."""
    actor = request.actor
    encounter, opened = access.read(encounter_id, by=actor)
    found = selectors.encounter_page(encounter)
    steps = access.steps_open_to(encounter, by=actor)
    context = {
        "encounter": encounter,
        "found": found,
        "head": residents.summary(encounter.resident_id, actor.today),
        "basis_label": bases.LABELS[opened.basis],
        "unified": unified.beside(found.diagnoses, unified.meanings_of(encounter, found.diagnoses, actor.today)),
        "state": presenters.state_tag(encounter.state),
        "disposition": presenters.disposition(encounter.disposition),
        "vitals": [(row, presenters.vitals_text(row)) for row in found.vitals],
        "allergies": selectors.allergies_of(encounter.resident_id),
        "medicines": selectors.medicines_of(encounter.resident_id, actor.today, opened.view),
        "history": presenters.history(found),
        "rows": _rows(found, bound.get("diagnoses"), on=actor.today),
        "certainties": choices.CERTAINTIES,
        "may_write": access.may_write(encounter, by=actor),
        "disputed": marks.disputed([encounter.id]).get(encounter.id),
        "own": encounter.org_id == actor.org_id and actor.may(Action.WRITE_RECORD),
        "refer_href": presenters.refer_href(encounter.resident_id, encounter.id),
        "order_href": presenters.order_href(encounter.resident_id, encounter.id),
        "may_order": actor.may(Action.ORDER_EXAMINATION) and encounter.org_id == actor.org_id,
        "may_refer": actor.may(Action.WRITE_REFERRAL) and encounter.org_id == actor.org_id,
        "steps": {step: step in steps for step in Step},
        "forms": {
            "diagnoses": bound.get("diagnoses") or forms.Diagnoses(),
            "vitals": bound.get("vitals") or forms.VitalsForm(),
            "note": bound.get("note") or forms.NoteForm(),
            "allergy": bound.get("allergy") or forms.AllergyForm(prefix="allergy"),
            "medication": bound.get("medication") or forms.MedicationForm(prefix="medication"),
            "finish": bound.get("finish") or forms.Finish(initial={"version": encounter.version}),
            "discharge": bound.get("discharge") or _discharge(encounter),
        },
    }
    return page(request, "encounters/detail.html", context, status=status)


def _rows(found: selectors.EncounterPage, bound: forms.Diagnoses | None, *, on: date) -> list[dict[str, Any]]:
    """The rows of the form of diagnoses: what was sent, else what is written, and always an empty one behind.

    Asked for more, there is one more than were sent.

    What a referral brought is shown as the doctor's own would be: saving it confirms it.
    """
    rows = bound.rows() if bound is not None else [(row.code, row.certainty) for row in found.diagnoses]
    while rows and not rows[-1][0]:
        rows.pop()
    names = {code: each.name for code, each in catalog.diagnoses([code for code, _ in rows], on).items()}
    names |= {row.code: row.name for row in found.diagnoses}
    carried = {row.code for row in found.diagnoses if row.certainty == "referred"}
    wanted = bound.n_rows + 1 if bound is not None and "more" in bound.data else forms.FEWEST_ROWS
    rows += [("", "")] * max(1, wanted - len(rows))
    own = dict(choices.CERTAINTIES)
    return [
        {
            "code": code,
            "name": names.get(code, code),
            "certainty": certainty if certainty in own else "confirmed",
            "is_carried": code in carried,
        }
        for code, certainty in rows
    ]


def _discharge(encounter: Any) -> forms.Discharge:
    return forms.Discharge(
        initial={"version": encounter.version, "summary": selectors.discharge_summary(encounter.id)}
    )  # fmt: skip
