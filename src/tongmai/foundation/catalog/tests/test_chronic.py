"""The flag `chronic` of the starter's diagnoses: it lasts, and so it stays on the list of problems."""

from tongmai.foundation.catalog import starter

# Called so, and no lasting problem: one treatment ends it, or the contact is the treatment itself.
_TREATED = {
    "慢性硬膜下血肿", "慢性根尖牙周炎", "慢性龈炎", "慢性失血性贫血", "慢性胎儿宫内窘迫", "恶性肿瘤放射治疗",
    "手术后恶性肿瘤化学治疗",
}  # fmt: skip


def _flagged():
    return {row.name: row.is_chronic for row in starter.diagnoses()}


def test_what_is_called_acute_does_not_last():
    acute = {"急性", "急诊"}
    assert [n for n, chronic in _flagged().items() if chronic and n[:2] in acute] == ["急性白血病"]


def test_what_is_called_chronic_or_malignant_lasts():
    lasting = ("慢性", "恶性肿瘤", "白血病")
    assert {n for n, chronic in _flagged().items() if not chronic and any(w in n for w in lasting)} == _TREATED


def test_eczema_as_such_and_a_session_of_dialysis_do_not():
    assert not {n for n, chronic in _flagged().items() if chronic and n in ("湿疹", "血液透析")}
