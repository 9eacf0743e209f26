"""The Celery application, for `celery -A loyalty.config worker`. Its settings are Django's that begin with CELERY_."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.config.settings")

app = Celery("loyalty")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def require_triggers(**kwargs):
    """Celery logs an exception of a receiver and goes on; only an exit stops the worker."""
    from django.core.exceptions import ImproperlyConfigured

    from loyalty.lib import append_only

    try:
        append_only.require()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
