"""The WSGI application that the server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongmai.config.settings")
application = get_wsgi_application()

if os.environ.get("TONGMAI_EMBEDDED_WORKER") == "1":
    from tongmai.config.working import start_thread

    start_thread()
