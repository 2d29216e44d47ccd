"""Who hears which event.  Read this page to know how the apps meet.

`on` names a handler `(event, key, by)`; with `in_transaction=True` it runs at once, inside the writer's transaction,
otherwise the worker delivers it at least once and `key` makes a repeated delivery harmless.
"""

from tongmai.foundation.audit import happened as audit
from tongmai.foundation.audit.subscribing import unheard
from tongmai.foundation.catalog import events as catalog
from tongmai.portal import events as portal

for event in (portal.SignedIn, portal.SignInRefused, portal.SignedOut, portal.PostSwitched):
    unheard(event, because="the audit administrator reads it; nothing follows from it")

unheard(catalog.CatalogLoaded, because="the page of code lists shows what is in force")

for event in (audit.DeliveryRetried, audit.TrailExported):
    unheard(event, because="the trail itself is read by the audit administrator")
