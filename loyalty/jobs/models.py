"""A `Job` is one piece of background work: what it is for, how far it has come, what went wrong, what it found.

A job is not a Celery task: the task is how the work gets a process, the job is what staff see and what a resumed run
reads. `scope` is plain text (a program's code, for instance), because this floor knows no program.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(_("name"), max_length=60)
    scope = models.CharField(_("scope"), max_length=120, blank=True)
    period = models.CharField(_("period"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    cursor = models.BigIntegerField(_("cursor"), default=0, help_text=_("Work up to here is committed."))
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("total"), null=True, blank=True)
    errors = models.JSONField(_("errors"), default=list, blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True)
    cancel_requested = models.BooleanField(_("cancellation requested"), default=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("created"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint("name", "scope", "period", name="job_runs_once_per_name_scope_period"),
            models.CheckConstraint(condition=models.Q(done__gte=0), name="job_done_is_not_negative"),
        ]
        indexes = [models.Index(fields=["state", "name"], name="job_state_name")]

    def __str__(self):
        return " · ".join(part for part in (self.name, self.scope, self.period) if part)
