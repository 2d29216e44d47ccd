"""The closed lists of recognition."""

from enum import StrEnum


class Window(StrEnum):
    """For how long a result counts: the policy `recognition.window.<window>` says how many days."""

    IMAGING = "imaging"
    ULTRASOUND = "ultrasound"
    ECG = "ecg"
    BLOOD_COUNT = "blood_count"
    CHEMISTRY = "chemistry"
    STABLE = "stable"  # changes slowly: glycated haemoglobin, hepatitis markers
    FAST = "fast"  # changes within hours: coagulation, blood gas


class Outcome(StrEnum):
    """What became of one evaluation of a facility's item."""

    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # the mark was given up, or the evaluation entered by mistake


class Scope(StrEnum):
    """How far a mark reaches: by whose quality body the item was evaluated (article 12)."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    AGREEMENT = "agreement"  # areas that agreed to recognise together


class Standing(StrEnum):
    """How a facility's item stands with one quality body on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    NONE = "none"


class Strength(StrEnum):
    """How far an existing result is to be recognised."""

    MUST = "must"  # article 16, first sentence
    MAY = "may"  # article 16, second sentence: encouraged
    NOT = "not"


class Why(StrEnum):
    """Why an existing result need not, or cannot, be recognised."""

    OTHER_ITEM = "other_item"
    OTHER_METHOD = "other_method"
    OTHER_PART = "other_part"
    NOT_FINAL = "not_final"
    NO_DATE = "no_date"
    FAST = "fast"  # the window of the item is nought
    OUTSIDE_WINDOW = "outside_window"
    NO_DATA = "no_data"  # only the conclusion came: no images, no tracing, no values
    FAILED = "failed"  # the evaluation
    WITHDRAWN = "withdrawn"  # the mark
    EXPIRED = "expired"  # no evaluation for half a year when the report was issued
    NO_MARK = "no_mark"
    OTHER_AREA = "other_area"
    OWN = "own"  # the facility's own result needs no mark to be looked at


class Choice(StrEnum):
    """What the doctor decided."""

    RECOGNISED = "recognised"
    ORDERED = "ordered"  # anyway


class Reason(StrEnum):
    """The six reasons for which an examination may be repeated (article 19)."""

    CONFLICT = "conflict"
    CHANGES_FAST = "changes_fast"
    BEFORE_MAJOR = "before_major"
    EMERGENCY = "emergency"
    APPRAISAL = "appraisal"
    OTHER_NEED = "other_need"
