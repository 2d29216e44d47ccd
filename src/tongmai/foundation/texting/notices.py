"""Texts that tell somebody of work that waits: no code, and nothing of a person."""

import json
from collections.abc import Mapping
from datetime import timedelta

from tongmai.foundation.orgs import vault
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.texting.models import TextMessage
from tongmai.foundation.texting.senders import sender
from tongmai.foundation.texting.wording import worded


def write(template: str, *, phone: str, facts: Mapping[str, str], life: timedelta, by: Actor) -> bool:
    """Write a text in the caller's transaction; the worker sends it afterwards.  False where nobody carries texts."""
    if sender() is None:
        return False
    worded(template, facts)
    said = {"phone": phone, "facts": dict(facts)}
    TextMessage.objects.create(
        template=template, sealed=vault.sealed(json.dumps(said).encode()), created_at=by.now,
        expires_at=by.now + life, next_try_at=by.now,
    )  # fmt: skip
    return True
