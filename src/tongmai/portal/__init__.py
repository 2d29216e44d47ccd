"""Sign-in, home, search, the resident's page and the resident's own pages: the only pages that know all apps.

The portal stores nothing.  It composes: `worklists.waiting(by=…)` of every app becomes the home page, their selectors
become the resident page.  Begin with `home.py`, then `navigation.py`, `chart.py` and `views.py`.
"""
