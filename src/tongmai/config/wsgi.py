"""The WSGI application that the server loads."""

import os

from django.core.wsgi import get_wsgi_application

from tongmai.config.memory import leave_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
behind = get_wsgi_application()

# Their tables need the settings.
from tongmai.exchange.dicom.web.leave import Frames  # noqa: E402
from tongmai.foundation.audit.measuring import flush_regularly  # noqa: E402

application = Frames(behind)

if served_by := os.environ.get("TONGMAI_SERVED_BY"):
    from tongmai.config.serving import end_with

    end_with(int(served_by))

if os.environ.get("TONGMAI_EMBEDDED_WORKER") == "1":
    from tongmai.config.working import start_thread

    start_thread()

leave_what_is_loaded()

# Only where the product is served: tests and commands count nothing.
flush_regularly()
