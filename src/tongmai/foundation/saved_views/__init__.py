"""Saved views: the filters and the order of a list, kept under a name by the one user who chose them.

One room for all lists.  A list takes part by one line in `lists.LISTS`, which names its address and what of that
address may be kept, and by `{{ saved_views(request) }}` in its template.  What was typed to find a person is never kept.
"""
