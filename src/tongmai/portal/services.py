"""Writing down what happens at the door."""

from uuid import UUID

from django.db import transaction

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs.actors import Actor
from tongmai.portal.events import PostSwitched, SignedIn, SignedOut, SignInRefused


@transaction.atomic
def note_sign_in(*, by: Actor) -> None:
    """Write that `by` has signed in."""
    assert by.user_id is not None
    record(SignedIn(user_id=by.user_id, post_id=by.post_id), by=by, subject_id=by.user_id)


@transaction.atomic
def note_refusal(username: str, *, by: Actor) -> None:
    """Write that somebody tried to sign in as `username` and was refused."""
    record(SignInRefused(username=username[:60]), by=by)


@transaction.atomic
def note_sign_out(*, by: Actor) -> None:
    """Write that `by` has signed out."""
    assert by.user_id is not None
    record(SignedOut(user_id=by.user_id), by=by, subject_id=by.user_id)


@transaction.atomic
def note_switch(to_post_id: UUID, *, by: Actor) -> None:
    """Write that the user of `by` now acts in another of her posts."""
    assert by.user_id is not None
    record(
        PostSwitched(user_id=by.user_id, from_post_id=by.post_id, to_post_id=to_post_id),
        by=by,
        subject_id=by.user_id,
    )
