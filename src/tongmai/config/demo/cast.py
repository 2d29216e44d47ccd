"""Who works where in the demonstration, ready to act at any instant."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org, Post
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.sessions import actor_in


@dataclass
class Cast:
    """The organisations by name, the posts by organisation and role, and the sign-ins of those who act."""

    county_code: str
    orgs: dict[str, Org] = field(default_factory=dict)
    posts: dict[tuple[UUID, str], list[Post]] = field(default_factory=lambda: defaultdict(list))
    users: dict[UUID, UUID] = field(default_factory=dict)  # staff → user

    def enter(self, post: Post) -> None:
        self.posts[post.org_id, post.role].append(post)

    def has(self, org_id: UUID, role: Role) -> bool:
        return bool(self._acting(org_id, role, None))

    def actor(
        self, org_id: UUID, role: Role, now: datetime, *, random: Random, department: UUID | None = None
    ) -> Actor:
        """Return somebody in `role` at the organisation, of that department where somebody is."""
        posts = self._acting(org_id, role, department) or self._acting(org_id, role, None)
        post = random.choice(posts)
        return actor_in(post, user_id=self.users[post.staff_id], now=now)

    def _acting(self, org_id: UUID, role: Role, department: UUID | None) -> list[Post]:
        return [
            post
            for post in self.posts[org_id, role]
            if post.staff_id in self.users and (department is None or post.department_id == department)
        ]
