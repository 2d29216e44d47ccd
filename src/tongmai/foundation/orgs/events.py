"""What happens to organisations, alliances, people, posts and accounts."""

from datetime import date, datetime
from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class OrgCreated:
    org_id: UUID
    code: str
    name: str


@event
class OrgChanged:
    org_id: UUID
    fields: list[str]


@event
class OrgClosed:
    org_id: UUID
    reason: str


@event
class OrgReopened:
    org_id: UUID


@event
class DepartmentCreated:
    department_id: UUID
    org_id: UUID
    code: str
    name: str


@event
class DepartmentChanged:
    department_id: UUID
    org_id: UUID
    fields: list[str]


@event
class CatchmentGiven:
    org_id: UUID
    division_code: str
    starts_on: date


@event
class CatchmentEnded:
    org_id: UUID
    division_code: str
    ends_before: date


@event
class AllianceCreated:
    alliance_id: UUID
    code: str
    name: str
    lead_id: UUID


@event
class AllianceChanged:
    alliance_id: UUID
    fields: list[str]


@event
class AllianceEnded:
    alliance_id: UUID
    ends_before: date


@event
class MemberJoined:
    alliance_id: UUID
    org_id: UUID
    starts_on: date


@event
class MemberLeft:
    alliance_id: UUID
    org_id: UUID
    ends_before: date


@event
class LeadChanged:
    alliance_id: UUID
    from_org_id: UUID | None
    to_org_id: UUID
    starts_on: date


@event
class AgreementSigned:
    agreement_id: UUID
    kind: str
    from_org_id: UUID
    to_org_id: UUID
    starts_on: date
    ends_before: date | None


@event
class AgreementEnded:
    """`n_posts` posts under the agreement ended with it."""

    agreement_id: UUID
    ends_before: date
    n_posts: int


@event
class StaffHired:
    staff_id: UUID
    number: str
    org_id: UUID


@event
class StaffChanged:
    staff_id: UUID
    fields: list[str]


@event
class StaffDeactivated:
    staff_id: UUID
    reason: str
    n_posts: int


@event
class StaffReactivated:
    staff_id: UUID


@event
class PostGiven:
    post_id: UUID
    staff_id: UUID
    org_id: UUID
    role: str
    starts_on: date
    ends_before: date | None


@event
class PostEnded:
    post_id: UUID
    staff_id: UUID
    role: str
    ends_before: date


@event
class PostWithdrawn:
    """The post had not begun; its row is gone."""

    post_id: UUID
    staff_id: UUID
    role: str


@event
class AccountCreated:
    user_id: UUID
    staff_id: UUID
    username: str


@event
class ResidentAccountCreated:
    user_id: UUID
    resident_id: UUID
    username: str


@event
class PasswordReset:
    user_id: UUID
    staff_id: UUID


@event
class ResidentPasswordReset:
    user_id: UUID
    resident_id: UUID


@event
class PasswordChanged:
    user_id: UUID


@event
class AccountDeactivated:
    user_id: UUID
    staff_id: UUID


@event
class AccountReactivated:
    user_id: UUID
    staff_id: UUID


@event
class TokenIssued:
    token_id: UUID
    post_id: UUID
    expires_at: datetime


@event
class TokenRevoked:
    token_id: UUID
    post_id: UUID


@event
class AccountLocked:
    """Too many failures for one user name, whether there is such an account or not; `user_id` if there is."""

    user_id: UUID | None
    n_failures: int
    until: datetime


@event
class AccountUnlocked:
    user_id: UUID
    reason: str


@event
class FactorAdded:
    user_id: UUID
    kind: str


@event
class FactorRemoved:
    user_id: UUID
    kind: str


@event
class FactorsReset:
    """Somebody lost hers: all factors and recovery codes are gone."""

    user_id: UUID
    reason: str


@event
class RecoveryCodesMade:
    user_id: UUID


@event
class RecoveryCodeUsed:
    user_id: UUID
    n_left: int


@event
class SessionsEnded:
    """One's own sessions on `n_sessions` devices."""

    user_id: UUID
    n_sessions: int
