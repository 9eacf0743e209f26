"""The ASGI entry point, for a production web server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.config.settings")
application = get_asgi_application()

from loyalty.lib import append_only  # noqa: E402 - after the set-up

append_only.require()
