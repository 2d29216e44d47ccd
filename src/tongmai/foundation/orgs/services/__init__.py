"""What can be done to organisations, alliances, agreements, people, posts, accounts and tokens."""

from tongmai.foundation.orgs.services.accounts import (
    change_password,
    create_account,
    create_resident_account,
    deactivate_account,
    open_account_by_code,
    reactivate_account,
    reissue_resident_password,
    reset_password,
    resident_account,
)
from tongmai.foundation.orgs.services.agreements import end_agreement, sign_agreement
from tongmai.foundation.orgs.services.alliances import (
    change_alliance,
    change_lead,
    create_alliance,
    end_alliance,
    join,
    leave,
)
from tongmai.foundation.orgs.services.attempts import unlock
from tongmai.foundation.orgs.services.departments import (
    change_department,
    create_department,
    end_catchment,
    give_catchment,
)
from tongmai.foundation.orgs.services.facilities import OrgEntry, change_org, close_org, create_org, reopen_org
from tongmai.foundation.orgs.services.factors import (
    add_authenticator,
    add_passkey,
    make_recovery_codes,
    remove_factor,
    reset_factors,
)
from tongmai.foundation.orgs.services.posts import PostEntry, end_post, give_post
from tongmai.foundation.orgs.services.sign_ins import end_everywhere, end_own
from tongmai.foundation.orgs.services.staff import StaffEntry, change_staff, deactivate_staff, hire, reactivate_staff
from tongmai.foundation.orgs.services.tokens import issue_token, revoke_token

__all__ = [
    "OrgEntry",
    "PostEntry",
    "StaffEntry",
    "add_authenticator",
    "add_passkey",
    "change_alliance",
    "change_department",
    "change_lead",
    "change_org",
    "change_password",
    "change_staff",
    "close_org",
    "create_account",
    "create_alliance",
    "create_department",
    "create_org",
    "create_resident_account",
    "deactivate_account",
    "deactivate_staff",
    "end_agreement",
    "end_alliance",
    "end_catchment",
    "end_everywhere",
    "end_own",
    "end_post",
    "give_catchment",
    "give_post",
    "hire",
    "issue_token",
    "join",
    "leave",
    "make_recovery_codes",
    "open_account_by_code",
    "reactivate_account",
    "reactivate_staff",
    "reissue_resident_password",
    "remove_factor",
    "reopen_org",
    "reset_factors",
    "reset_password",
    "resident_account",
    "revoke_token",
    "sign_agreement",
    "unlock",
]
