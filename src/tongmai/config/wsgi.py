"""The WSGI application that the server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
application = get_wsgi_application()

from tongmai.foundation.audit.measuring import flush_regularly  # noqa: E402 - its tables need the settings

if served_by := os.environ.get("TONGMAI_SERVED_BY"):
    from tongmai.config.serving import end_with

    end_with(int(served_by))

if os.environ.get("TONGMAI_EMBEDDED_WORKER") == "1":
    from tongmai.config.working import start_thread

    start_thread()

# What is loaded by now stays: it is looked through no more.  A page makes thousands of small objects that die with it, so
# looking for circles after each 700 finds nothing and takes a tenth of the page's time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

# Only where the product is served: tests and commands count nothing.
flush_regularly()
