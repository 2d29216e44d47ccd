"""Who hears which event.  Read this page to know how the apps meet.

`on` names a handler `(event, key, by)`; with `in_transaction=True` it runs at once, inside the writer's transaction,
otherwise the worker delivers it at least once and `key` makes a repeated delivery harmless.
"""
