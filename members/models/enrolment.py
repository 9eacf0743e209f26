from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.lib.fields import TextListField
from loyalty.programs.models import Program, Store

from .member import Member


class Enrolment(models.Model):
    """A member in a program, and the summary row: facts that upper floors know and push down here."""

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("enrolment", "active")
        LEFT = "left", _("left")

    member = models.ForeignKey(Member, models.PROTECT, related_name="enrolments", verbose_name=_("member"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="enrolments", verbose_name=_("program"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    enrolled_at = models.DateTimeField(_("enrolled"))
    channel = models.CharField(_("channel"), max_length=30, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    terms_version = models.CharField(_("version of the terms accepted"), max_length=30, blank=True)
    terms_accepted_at = models.DateTimeField(_("terms accepted"), null=True, blank=True)

    last_activity_at = models.DateTimeField(_("last activity"), null=True, blank=True)
    first_purchase_at = models.DateTimeField(_("first purchase"), null=True, blank=True)
    last_purchase_at = models.DateTimeField(_("last purchase"), null=True, blank=True)
    purchases = models.PositiveIntegerField(_("purchases"), default=0)
    spend = models.BigIntegerField(_("spend, net of refunds, in minor units"), default=0)
    balance = models.BigIntegerField(_("points available"), default=0)
    tier = models.CharField(
        _("tier"), max_length=50, blank=True, default="", db_default="", help_text=_("Its code; empty: none.")
    )
    plan = models.CharField(
        _("plan"),
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text=_("The code of the plan whose benefits the member has now."),
    )
    segments = TextListField(
        _("segments"), db_default=[], help_text=_("Their codes, as worked out the last time; empty: none.")
    )
    priority_by_tier = models.BooleanField(_("priority support by the tier"), default=False, db_default=False)
    priority_by_plan = models.BooleanField(_("priority support by the plan"), default=False, db_default=False)
    has_priority = models.GeneratedField(
        expression=Q(priority_by_tier=True) | Q(priority_by_plan=True),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("priority support"),
    )
    predicted_value = models.DecimalField(_("predicted value"), max_digits=14, decimal_places=2, null=True, blank=True)
    predicted_at = models.DateTimeField(_("value predicted"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "program"],
                name="enrolment_is_one_per_member_and_program",
                violation_error_message=_("This member is already enrolled in this program."),
            ),
            models.CheckConstraint(
                condition=Q(terms_version="") | Q(terms_accepted_at__isnull=False),
                name="enrolment_terms_have_their_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "member"], name="enrolment_program_member"),
            models.Index(fields=["program", "last_activity_at"], name="enrolment_last_activity"),
        ]

    def __str__(self):
        return f"{self.member} · {self.program}"
