"""The clock of the background: rows of django-celery-beat, made once from the registered `Beat`s.

Staff change the interval or switch a row off, and that stands. A deleted row comes back with the next `migrate`.
"""

from django.db import DEFAULT_DB_ALIAS, connections
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from loyalty.jobs import registry
from loyalty.jobs.registry import Beat


def install_after_migrate(sender, using, **kwargs) -> None:
    # A partial `migrate` may come before the package's own tables.
    if PeriodicTask._meta.db_table in connections[using].introspection.table_names():
        install(using)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the rows that are missing."""
    present = set(PeriodicTask.objects.using(using).values_list("name", flat=True))
    for beat in registry.beats().values():
        if beat.name not in present:
            PeriodicTask.objects.using(using).create(name=beat.name, task=beat.task, interval=_interval(beat, using))


def _interval(beat: Beat, using: str) -> IntervalSchedule:
    seconds = int(beat.every.total_seconds())
    unit, every = ("minutes", seconds // 60) if seconds % 60 == 0 else ("seconds", seconds)
    rows = IntervalSchedule.objects.using(using)
    return rows.filter(period=unit, every=every).first() or rows.create(period=unit, every=every)
