from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty.programs.models import Program
from members.models import Member

from .plan import Plan
from .subscription import Subscription


class BenefitPeriod(models.Model):
    """From when to when a member had the benefits of a plan: `[starts_at, ends_at)`, open while it lasts. What is
    recorded late is rated by the plan of its own moment."""

    fixed_columns = ("program_id", "member_id", "subscription_id", "plan_id", "starts_at")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="benefit_periods", db_index=False, verbose_name=_("program")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="benefit_periods", verbose_name=_("member"))
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="benefit_periods", verbose_name=_("subscription")
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="benefit_periods", verbose_name=_("plan"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    promise = models.CharField(
        _("promised gift"), max_length=60, blank=True, help_text=_("The reference of the recurring gift.")
    )

    class Meta:
        verbose_name = _("period with benefits")
        verbose_name_plural = _("periods with benefits")
        constraints = [
            models.UniqueConstraint(
                "program", "member", name="benefit_period_is_one_at_a_time", condition=Q(ends_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="benefit_period_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["program", "member", "starts_at"], name="benefit_period_of_member")]

    def __str__(self):
        return f"{self.member} · {self.plan}"
