"""Wiring: settings, URLs, Celery, WSGI and ASGI. Nobody imports it."""
