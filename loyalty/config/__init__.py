"""Wiring: settings, URLs, Celery, WSGI, ASGI, the test runner. It sits above every other room and nobody imports it."""

# Celery's shared tasks belong to the last application made; this one must exist wherever Django does.
from loyalty.config.celery import app as celery_app

__all__ = ["celery_app"]
