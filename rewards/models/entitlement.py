from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty.programs.models import Program
from members.models import Member
from rewards.querysets import EntitlementQuerySet

from .reward import Reward


class Entitlement(models.Model):
    """A reward that a member is promised once or again and again: because of a tier, a plan, an enrolment.

    What caused it is named by `source` and `reference`; a cause entitles once. Each issue is a voucher granted by the
    source `entitlement`, so that a period is issued once. `next_date` is the day of the next issue that is owed, empty
    where none is (or a birthday is unknown); what is owed stays owed until it is issued.
    """

    class Every(models.TextChoices):
        ONCE = "once", _("once")
        MONTH = "month", _("each month")
        QUARTER = "quarter", _("each quarter")
        YEAR = "year", _("each year")
        BIRTHDAY = "birthday", _("each birthday")

    fixed_columns = ("program_id", "reward_id", "every", "source", "reference", "starts_at")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="entitlements", db_index=False, verbose_name=_("program")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="entitlements", verbose_name=_("member"))
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="entitlements", verbose_name=_("reward"))
    every = models.CharField(_("how often"), max_length=10, choices=Every.choices)
    source = models.CharField(_("source"), max_length=60, help_text=_("What promised it."))
    reference = models.CharField(_("reference"), max_length=100)
    starts_at = models.DateTimeField(_("promised since"))
    ends_at = models.DateTimeField(_("promised until"), null=True, blank=True)
    next_date = models.DateField(_("next issue"), null=True, blank=True)

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("promised reward")
        verbose_name_plural = _("promised rewards")
        constraints = [
            models.UniqueConstraint("program", "source", "reference", name="entitlement_has_one_cause"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="entitlement_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(source="") & ~Q(reference=""), name="entitlement_names_its_cause"),
        ]
        indexes = [
            models.Index(fields=["program", "next_date"], name="entitlement_due", condition=Q(next_date__isnull=False)),
            models.Index(
                fields=["program", "member"], name="entitlement_due_by_member", condition=Q(next_date__isnull=False)
            ),
            models.Index(fields=["program", "member"], name="entitlement_birthdays", condition=Q(every="birthday")),
        ]

    def __str__(self):
        return f"{self.reward} · {self.get_every_display()}"
