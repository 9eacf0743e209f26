"""The WSGI entry point, for a production web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.config.settings")
application = get_wsgi_application()

from loyalty.lib import append_only  # noqa: E402 - after the set-up

append_only.require()
