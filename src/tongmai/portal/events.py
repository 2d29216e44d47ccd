"""What happens at the door."""

from uuid import UUID

from tongmai.foundation.audit.events import event


@event
class SignedIn:
    user_id: UUID
    post_id: UUID | None


@event
class SignInRefused:
    username: str


@event
class SignedOut:
    user_id: UUID


@event
class PostSwitched:
    user_id: UUID
    from_post_id: UUID | None
    to_post_id: UUID
