from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.programs.kinds import Kind
from loyalty.programs.models import Program
from members.models import Member


class Qualification(models.Model):
    """What one activity adds to the measure, whatever the program measures today.

    A refund adds a negative row of its own at the moment of its purchase, so that what was refunded leaves the window
    of the purchase. The rows of a member who is merged follow the person. `times` is how often the activity counts
    among activities of its kind.
    """

    fixed_columns = ("program_id", "activity_id", "refund_of", "kind", "occurred_at", "points", "spend", "times")

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_index=False, verbose_name=_("program"))
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="qualifications", db_index=False, verbose_name=_("member")
    )
    activity_id = models.BigIntegerField(_("activity"), unique=True)
    refund_of = models.BigIntegerField(_("refund of the activity"), null=True)
    kind = models.CharField(_("kind"), max_length=30)
    occurred_at = models.DateTimeField(_("occurred"))
    points = models.BigIntegerField(_("points"), default=0)
    spend = models.BigIntegerField(_("spend, in minor units"), default=0)
    times = models.SmallIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("what counts for the tier")
        verbose_name_plural = _("what counts for tiers")
        constraints = [
            models.CheckConstraint(
                condition=Q(refund_of__isnull=True, points__gte=0, spend__gte=0, times__gte=0)
                | Q(refund_of__isnull=False, points__lte=0, spend__lte=0, times__lte=0),
                name="qualification_only_refunds_take_away",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "program", "occurred_at"], name="qualification_measure"),
            models.Index(fields=["refund_of"], name="qualification_refunds", condition=Q(refund_of__isnull=False)),
        ]

    def __str__(self):
        return f"{dict(Kind.choices).get(self.kind, self.kind)} {self.activity_id}"
