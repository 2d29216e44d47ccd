"""The actor: a user in one post at one instant, made once per request or command."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from tongmai.foundation.orgs.permissions import Action, may
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.months import local_day


@dataclass(frozen=True)
class Actor:
    """Who does something, on whose behalf, and when.  Services take it as `by` and never ask the clock."""

    role: Role
    now: datetime
    user_id: UUID | None = None
    post_id: UUID | None = None
    staff_id: UUID | None = None
    org_id: UUID | None = None
    department_id: UUID | None = None
    resident_id: UUID | None = None  # set for a resident acting for herself
    county_code: str = ""
    level: str = ""  # Org.Level of the organisation
    name: str = ""
    org_name: str = ""
    channel: str = "page"  # page | api | system | message

    @property
    def today(self) -> date:
        """The day in the reporting zone."""
        return local_day(self.now)

    def may(self, action: Action) -> bool:
        """Whether this post's role includes `action`."""
        return may(self.role, action)

    def at(self, now: datetime) -> "Actor":
        """Return the same actor at another instant."""
        return replace(self, now=now)

    @classmethod
    def system(cls, *, now: datetime, org_id: UUID | None = None) -> "Actor":
        """Return the actor of jobs that nobody in particular does."""
        return cls(role=Role.SYSTEM, now=now, org_id=org_id, name="系统", channel="system")
