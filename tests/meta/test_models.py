"""Every model is written in one of three ways; instants have people beside them; money has no fractions."""

import pytest
from django.apps import apps
from django.db import models

from tests.meta import tables
from tongmai.foundation.audit.models import AppendOnly, AppendOnlyError

MODELS = [m for m in apps.get_models() if m.__module__.startswith("tongmai.")]
APPEND_ONLY = [m for m in MODELS if issubclass(m, AppendOnly)]
FIELDS = [(m, f) for m in MODELS for f in m._meta.local_fields]


def _label(thing):
    return thing._meta.label if hasattr(thing, "_meta") else str(thing)


@pytest.mark.parametrize("model", APPEND_ONLY, ids=_label)
def test_an_append_only_model_refuses_every_direct_change(model):
    row = model()
    row._state.adding = False
    for change in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(pk=1)):
        with pytest.raises(AppendOnlyError):
            change()
    with pytest.raises(AppendOnlyError):
        model.objects.bulk_update([row], [model._meta.pk.name])


@pytest.mark.parametrize(
    "model", [m for m in MODELS if m.__name__.endswith(("Transition", "Event", "Log"))], ids=_label
)
def test_a_history_is_append_only(model):
    assert issubclass(model, AppendOnly), f"{model._meta.label} is a history: inherit audit.models.AppendOnly"


def test_the_list_of_reference_models_names_existing_ones():
    known = {m._meta.label.replace(m._meta.app_label, m._meta.app_label.lower(), 1) for m in MODELS}
    assert known >= tables.REFERENCE
    assert not tables.REFERENCE & {m._meta.label for m in APPEND_ONLY}


def test_every_instant_of_a_decision_has_its_person():
    missing = []
    for model, field in FIELDS:
        name = field.name
        if not (name.endswith("_at") and isinstance(field, models.DateTimeField)):
            continue
        stem = name.removesuffix("_at")
        beside = {f.name for f in model._meta.get_fields()}
        full = f"{model._meta.label}.{name}"
        if not {f"{stem}_by", f"{stem}_by_id", f"{stem}_by_user_id"} & beside and full not in tables.AT_WITHOUT_BY:
            missing.append(full)
    assert not missing, f"add {missing} a _by field, or an entry with the reason in tests/meta/tables.py"


def test_the_exceptions_for_instants_are_still_needed():
    existing = {f"{m._meta.label}.{f.name}" for m, f in FIELDS}
    assert not set(tables.AT_WITHOUT_BY) - existing


def test_no_float_is_stored():
    floats = [f"{m._meta.label}.{f.name}" for m, f in FIELDS if isinstance(f, models.FloatField)]
    assert not floats, f"{floats}: money is integer fen, a rate is a decimal"


def test_spans_are_half_open_by_name():
    wrong = [
        f"{m._meta.label}.{f.name}" for m, f in FIELDS if f.name in {"end_date", "start_date", "ends_on", "valid_to"}
    ]
    assert not wrong, f"{wrong}: spans are starts_on and ends_before"


def test_foreign_keys_protect():
    loose = [
        f"{m._meta.label}.{f.name}"
        for m, f in FIELDS
        if f.is_relation and f.remote_field.on_delete not in (models.PROTECT, models.DO_NOTHING)
    ]
    assert not loose, f"{loose}: on_delete must be PROTECT, nothing medical disappears with something else"
