"""A county in which every object that an address can name exists once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models

from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.catalog.tests import factories as catalog
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.foundation.orgs.tests.factories import NOW

# Which model an argument of an address names.
NAMED = {
    "org_id": "orgs.Org", "alliance_id": "orgs.Alliance", "membership_id": "orgs.Membership",
    "agreement_id": "orgs.Agreement", "staff_id": "orgs.Staff", "post_id": "orgs.Post", "token_id": "orgs.ApiToken", "view_id": "saved_views.SavedView",
    "factor_id": "orgs.Factor", "sign_in_id": "orgs.SignIn",
    "department_id": "orgs.Department", "catchment_id": "orgs.CatchmentArea",
    "edition_id": "catalog.CodeList", "event_id": "audit.Event", "delivery_id": "audit.Delivery",
    "resident_id": "residents.Resident", "access_id": "residents.EmergencyAccess", "tag_id": "residents.Tag",
    "identifier_id": "residents.Identifier", "medium_id": "residents.Medium", "phone_id": "residents.Phone",
    "guardian_id": "residents.Guardian", "review_id": "residents.IdentityReview", "merge_id": "residents.Merge",
    "encounter_id": "encounters.Encounter", "episode_id": "encounters.Episode", "note_id": "encounters.Note",
    "allergy_id": "encounters.Allergy", "medication_id": "encounters.MedicationStatement",
    "vitals_id": "encounters.Vitals",
    "choice_id": "residents.SharingChoice", "consent_id": "residents.UseConsent", "finding_id": "residents.ReadingFinding",
    "resource_id": "capacity.Resource", "pool_id": "capacity.Pool", "booking_id": "capacity.Booking",
    "line_id": "capacity.WeeklySession", "refusal_id": "capacity.Refusal", "ban_id": "capacity.Ban",
    "team_id": "family_doctors.Team", "member_id": "family_doctors.TeamMember",
    "contract_id": "family_doctors.Contract", "family_doctors:end-member.membership_id": "family_doctors.TeamMember",
    "order_id": "diagnostics.Order", "service_agreement_id": "diagnostics.ServiceAgreement", "duty_id": "diagnostics.Duty",
    "version_id": "diagnostics.ReportVersion",
    "referral_id": "referrals.Referral", "issue_id": "referrals.SlotIssue", "entry_id": "referrals.CatalogueEntry",
    "follow_up_id": "referrals.FollowUp",
    "value_id": "critical_values.CriticalValue", "limit_id": "critical_values.LimitLine",
    "rung_id": "critical_values.Rung",
    "portal:own-dispute-entry.entry_id": "encounters.Encounter",
    "dispute_id": "resident_requests.Dispute", "ward_request_id": "resident_requests.WardRequest",
    "decision_id": "recognition.Decision",
    "study_id": "imaging.Study", "held_id": "imaging.Held", "device_id": "imaging.Device",
    "recording_id": "ecg.Recording", "instance_id": "imaging.Instance",
    "report_id": "results.Report", "document_id": "results.Document", "system_id": "exchange.SourceSystem",
    "message_id": "exchange.InboundMessage", "meaning_id": "exchange.OrgMeaning", "run_id": "exchange.ImportRun", "local_code_id": "terminology.LocalCode",
}  # fmt: skip

# Arguments that name a word, not a row.
WORDS = {
    "what": "phone", "step": "cancel", "name": "accept", "kind": "clinic", "exchange:template.kind": "residents",
    "portal:own-dispute-entry.kind": "encounter", "code_set": "icd10",
    "item_code": "chest-film", "code": "I20.0", "week": "2026-11-16", "signature": "x", "token": "x", "mark": "x", "number": 1,
    "study_uid": "1.2.3", "series_uid": "1.2.3.4", "sop_uid": "1.2.3.4.5", "numbers": "1", "place": "00420011",
}  # fmt: skip

# What constraints ask of a row beyond its required fields.
FITTING: dict[str, dict[str, Any]] = {
    "orgs.Factor": {"kind": "totp"},
    "resident_requests.Dispute": {
        "kind": "identity", "about": "x", "said": "不对", "due_at": NOW, "county_code": orgs.COUNTY,
    },
    "resident_requests.WardRequest": {"county_code": orgs.COUNTY, "relation": "mother"},
    "saved_views.SavedView": {"list_name": "orgs:staff"},
    "residents.Identifier": {"kind": "health_file", "value": "HF1"},
    "residents.Guardian": {"relation": "mother"},
    "residents.Coverage": {"scheme": "none"},
    "residents.SharingChoice": {"party": "members", "org": None},
    "residents.UseConsent": {"ends_before": NOW.date() + timedelta(days=365)},
    "residents.ReadingFinding": {"county_code": orgs.COUNTY},
    "recognition.Evaluation": {"ends_before": NOW.date() + timedelta(days=180), "areas": "", "scope": "national"},
    "recognition.Decision": {"choice": "recognised"},
    "capacity.Pool": {"starts_at": NOW, "ends_at": NOW + timedelta(hours=3), "total": 10, "reserved": 2},
    "exchange.InboundMessage": {"raw": b"x", "digest": "x", "county_code": orgs.COUNTY},
    "exchange.ImportRun": {"county_code": orgs.COUNTY, "scope": orgs.COUNTY, "head": [], "total_rows": 1},
    "audit.Event": {"payload": {}, "by_county_code": orgs.COUNTY},
    "encounters.Encounter": {"planned_for": NOW},
    "encounters.Vitals": {"pulse": 70},
    "diagnostics.Duty": {"ends_at": NOW + timedelta(hours=8)},
    "capacity.WeeklySession": {"ends_time": (NOW + timedelta(hours=3)).time(), "weekday": 0},
    "capacity.Ban": {"until": NOW + timedelta(days=30)},
    "capacity.Booking": {"state": "booked", "share_wanted": "public", "share": "public"},
    "family_doctors.Contract": {"starts_on": NOW.date(), "ends_before": NOW.date() + timedelta(days=365)},
    "ecg.Recording": {"standing": "linked"},
    "imaging.Study": {"linked_at": NOW},
    "critical_values.CriticalValue": {"resident": None, "is_drill": True},
    "critical_values.Rung": {"after_minutes": 5},
    "referrals.Referral": {"direction": "up", "diagnosis_code": "I20.0", "problem_key": "I20", "is_inside": True},
}  # fmt: skip


def build() -> tuple[orgs.CountyWorld, dict[str, Any]]:
    """Return the smallest county, and for each argument of an address the id of a row that belongs to its lead."""
    world = orgs.county_world()
    orgs.kinds()
    catalog.edition(rows=[("I20.0", "不稳定性心绞痛")])
    person = residents.resident(phone="13900000000")
    rows: dict[type, Any] = {
        type(person): person,
        apps.get_model("orgs.Org"): world.lead,
        apps.get_model("orgs.Department"): world.departments["cardiology"],
        apps.get_model("orgs.Alliance"): world.alliance,
    }
    rows[apps.get_model("orgs.Agreement")] = _new(
        apps.get_model("orgs.Agreement"), rows, person, from_org=world.lead, to_org=world.township
    )
    rows[apps.get_model("referrals.Referral")] = _new(
        apps.get_model("referrals.Referral"), rows, person, sender=world.township, receiver=world.lead
    )
    limit = apps.get_model("critical_values.LimitLine")
    rows[limit] = _new(limit, rows, person, org=world.lead)
    for label in ("imaging.Study", "ecg.Recording"):  # of somebody; without, they wait for a reason
        model = apps.get_model(label)
        rows[model] = _new(model, rows, person, resident=person, org=world.lead)
    event = apps.get_model("audit.Event")
    rows[event] = _new(event, rows, person)
    other = residents.resident("示例乙")
    for label in ("residents.IdentityReview", "residents.Merge"):
        sides = {"residents.Merge": {"survivor": person, "retired": other}}.get(
            label, {"resident": other, "other": person}
        )
        fitting = {"registration": None} if label == "residents.IdentityReview" else {}
        rows[apps.get_model(label)] = _new(apps.get_model(label), rows, person, **sides, **fitting)
    found = {name: _row(apps.get_model(label), rows, person).pk for name, label in NAMED.items()}
    for label in (
        "encounters.NoteVersion",
        "referrals.DownPlan",
    ):  # no note is without its text, no follow-up without a plan
        _row(apps.get_model(label), rows, person)
    return world, found | WORDS


def absent() -> dict[str, Any]:
    """Return for each argument of an address the id of a row that does not exist."""
    models_named = {name: apps.get_model(label) for name, label in NAMED.items()}
    is_number = {name: isinstance(model._meta.pk, models.IntegerField) for name, model in models_named.items()}
    return {name: 2**40 if is_number[name] else uuid4() for name in NAMED} | WORDS


def _row(model: type[models.Model], rows: dict[type, Any], person: Any) -> Any:
    """Return the row of `model`: the one there is, else a new one with every required field filled."""
    if model not in rows:
        existing = model._default_manager.first()
        rows[model] = existing or _new(model, rows, person)
    return rows[model]


def _new(model: type[models.Model], rows: dict[type, Any], person: Any, **given: Any) -> Any:
    fitting = FITTING.get(model._meta.label, {}) | given
    values = {
        f.name: _value(f, rows, person)
        for f in model._meta.local_concrete_fields
        if _is_due(f) and f.name not in fitting
    }
    return model._default_manager.create(**(values | fitting))


def _is_due(field: models.Field) -> bool:
    return not (field.null or field.blank or field.has_default() or field.primary_key)


def _value(field: models.Field, rows: dict[type, Any], person: Any) -> Any:
    if field.is_relation:
        return _row(field.related_model, rows, person)
    if field.choices:
        return field.choices[0][0]
    by_kind = {
        models.DateTimeField: NOW, models.DateField: NOW.date(), models.UUIDField: person.id, models.BooleanField: False,
        models.TimeField: NOW.time(), models.JSONField: {}, models.BinaryField: b"x", models.CharField: "x", models.TextField: "x",
    }  # fmt: skip
    return next((value for kind, value in by_kind.items() if isinstance(field, kind)), 1)
