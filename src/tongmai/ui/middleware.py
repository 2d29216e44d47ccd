"""Security head lines of every answer, and the one place where errors become answers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext

from tongmai.kernel.errors import InvalidInput, NotSignedIn, TongmaiError
from tongmai.ui import failures
from tongmai.ui.api import PROGRAMS

NUL = "\x00"
Answer = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicy:
    """Nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=()")
        return response


class Language:
    """Chinese, unless this browser was switched to English: what an old PC says of itself decides nothing."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class Size:
    """Refuses a request that is larger than any of ours before a byte of it is kept, where it is not read piece by piece.

    Without Content-Length nothing else is read at all; servers do not hand on more than it says.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        is_streamed = request.path.startswith(settings.STREAMED) and request.content_type == "multipart/related"
        if said.isdigit() and int(said) > settings.BODY_MAX_BYTES and not is_streamed:
            return failures.too_large(request)
        return self.get_response(request)


class PlainText:
    """Refuses a form with a NUL character: nobody types one, and PostgreSQL cannot keep it.

    A search for one finds nothing; that is each search's own affair.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Answer, *args: object) -> HttpResponse | None:
        for field, values in request.POST.lists():
            if NUL in field or any(NUL in value for value in values):
                error = InvalidInput(field=field.replace(NUL, ""), problem=gettext("含有无法保存的字符"))
                return failures.of_error(request, error)
        return None


class Errors:
    """Our errors, and a database that is away, become answers here.

    Everything else, a broken constraint too, is a mistake and stays one.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotSignedIn) and not request.path.startswith(PROGRAMS):
            return failures.to_sign_in(request)
        if isinstance(exception, TongmaiError):
            return failures.of_error(request, exception)
        return failures.of_database(request, exception)
