"""The strip of saved views above a list: templates of every app call `saved_views(request)`."""

from typing import Any

from django.http import HttpRequest
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from tongmai.foundation.saved_views import lists, selectors


def context(request: HttpRequest) -> dict[str, Any]:
    """Give each template the strip; nothing is read unless the page asks for it."""
    return {"saved_views": strip}


@pass_context
def strip(page: Context, request: HttpRequest) -> Markup:
    """Return the kept views of the list that this page is, the present one marked, and the form that keeps one."""
    list_name = request.resolver_match.view_name if request.resolver_match else ""
    if list_name not in lists.LISTS:
        return Markup("")
    here = lists.kept(list_name, request.GET)
    views = selectors.views_of(list_name, by=request.actor)
    current = next((view for view in views if view.query == here), None)
    shown = {"views": views, "list_name": list_name, "here": here, "current": current}
    template = page.environment.get_template("saved_views/_strip.html")
    return Markup(template.render(page.parent | shown))  # nosec B704: a template, which escapes
