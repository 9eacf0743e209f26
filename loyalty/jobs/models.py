"""A `Job` is one piece of background work: what it is for, how far it has come, what went wrong, what it found.

A job is not a Celery task: the task is how the work gets a process, the job is what staff see and what a resumed run
reads. `scope` is plain text (a program's code, for instance), because this floor knows no program.
"""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry


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
    params = models.JSONField(_("parameters"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    catching_up = models.BooleanField(_("made up for afterwards"), default=False)

    cursor = models.BigIntegerField(_("cursor"), default=0, help_text=_("Work up to here is committed."))
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("total"), null=True, blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    errors = models.JSONField(
        _("errors"), default=list, blank=True, encoder=DjangoJSONEncoder, help_text=_("The first ones.")
    )
    error_count = models.PositiveIntegerField(_("number of errors"), default=0)
    failure = models.TextField(_("reason of the failure"), blank=True)
    result_file = models.CharField(_("file"), max_length=200, blank=True, help_text=_("In the private storage."))

    cancel_requested = models.BooleanField(_("cancellation requested"), default=False)
    # Grows with every run, so that a run that was taken for dead can no longer write (see run.py).
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    worker = models.CharField(_("worker"), max_length=120, blank=True)
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
            # The scope first: the night reads what is settled in one scope.
            models.UniqueConstraint("scope", "name", "period", name="job_runs_once_per_name_scope_period"),
            models.CheckConstraint(condition=models.Q(done__gte=0), name="job_done_is_not_negative"),
        ]
        indexes = [models.Index(fields=["state", "name"], name="job_state_name")]

    def __str__(self):
        return " · ".join(part for part in (str(self.title), self.scope, self.period) if part)

    @property
    def title(self):
        """What staff call this kind of job; the name itself where the kind is no longer installed."""
        kind = registry.find(self.name)
        return kind.title if kind else self.name

    @property
    def labels(self):
        kind = registry.find(self.name)
        return dict(kind.labels) if kind else {}

    @property
    def permission(self):
        kind = registry.find(self.name)
        return kind.permission if kind else registry.OPERATE

    @property
    def is_active(self):
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def is_stopped(self):
        return self.state in (self.State.FAILED, self.State.CANCELLED)

    @property
    def is_idle(self):
        """Noted as done without a run, because there was nothing to do."""
        return self.state == self.State.SUCCEEDED and self.attempts == 0

    @property
    def is_settled(self):
        """Nobody has to run it any more: done, or called off by staff."""
        return self.state in (self.State.SUCCEEDED, self.State.CANCELLED)

    @property
    def percent(self):
        """Progress from 0 to 100, or None where the work cannot say how much there is."""
        if self.state == self.State.SUCCEEDED:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None
