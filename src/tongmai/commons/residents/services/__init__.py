"""What can be done to a person's entry: one function per intent, each in one transaction."""

from tongmai.commons.residents.services.account import open_account, reissue_password
from tongmai.commons.residents.services.consents import (
    Said,
    agree_to_use,
    choose_sharing,
    withdraw_sharing,
    withdraw_use,
)
from tongmai.commons.residents.services.contact import (
    add_guardian,
    add_phone,
    check_phone,
    close_phone,
    end_guardian,
)
from tongmai.commons.residents.services.emergency import break_glass, review_emergency
from tongmai.commons.residents.services.identity import (
    add_identifier,
    amend_identity,
    close_identifier,
    mark_deceased,
    revoke_death,
)
from tongmai.commons.residents.services.indexing import limits as matching_limits
from tongmai.commons.residents.services.media import issue_medium, move_medium
from tongmai.commons.residents.services.merging import merge
from tongmai.commons.residents.services.parting import unmerge
from tongmai.commons.residents.services.population import (
    add_tag,
    end_care_relation,
    end_tag,
    set_care_relation,
    set_coverage,
)
from tongmai.commons.residents.services.reading import find_last_days, move_finding, search_reading
from tongmai.commons.residents.services.registering import (
    Candidate,
    find_same_person,
    introduce,
    make_known,
    register,
)
from tongmai.commons.residents.services.reviewing import postpone_review, settle_review
from tongmai.commons.residents.services.sources import (
    Arrived,
    Registered,
    register_from_source,
    resident_of_source,
    source_says_same,
)

__all__ = [
    "Arrived",
    "Candidate",
    "Registered",
    "Said",
    "add_guardian",
    "add_identifier",
    "add_phone",
    "add_tag",
    "agree_to_use",
    "amend_identity",
    "break_glass",
    "check_phone",
    "choose_sharing",
    "close_identifier",
    "close_phone",
    "end_care_relation",
    "end_guardian",
    "end_tag",
    "find_last_days",
    "find_same_person",
    "introduce",
    "issue_medium",
    "make_known",
    "mark_deceased",
    "matching_limits",
    "merge",
    "move_finding",
    "move_medium",
    "open_account",
    "postpone_review",
    "register",
    "register_from_source",
    "reissue_password",
    "resident_of_source",
    "review_emergency",
    "revoke_death",
    "search_reading",
    "set_care_relation",
    "set_coverage",
    "settle_review",
    "source_says_same",
    "unmerge",
    "withdraw_sharing",
    "withdraw_use",
]
