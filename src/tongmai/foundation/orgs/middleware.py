"""Makes the actor of a request: from the session's post, or from an API token."""

from django.utils import timezone

from tongmai.foundation.orgs import sessions


class ActorOfRequest:
    """Sets `request.actor`; None for a visitor who has not signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = sessions.actor_of(request, now=timezone.now())
        return self.get_response(request)
