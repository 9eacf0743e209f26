from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from loyalty.programs.models import Program

from .partner import Partner


class Statement(models.Model):
    """A month of a partner and a program, as it was issued: never changed, whatever comes afterwards.

    What is corrected later falls into the next one. `total` is the sum of its lines; above zero the partner owes it.
    `totals` holds count, points, amount and prepaid points of each kind of line; `reason` is why it was issued by hand.
    """

    append_only = True

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="statements", verbose_name=_("partner"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    month = models.DateField(pgettext_lazy("calendar", "month"))
    currency = models.CharField(_("money"), max_length=3)
    opening = models.BigIntegerField(_("carried over, in minor units"))
    total = models.BigIntegerField(_("of the month, in minor units"))
    closing = models.BigIntegerField(_("balance, in minor units"))
    prepaid_opening = models.BigIntegerField(_("prepaid points carried over"), default=0)
    prepaid_change = models.BigIntegerField(_("prepaid points of the month"), default=0)
    prepaid_closing = models.BigIntegerField(_("prepaid points left"), default=0)
    count = models.PositiveIntegerField(_("number of lines"))
    totals = models.JSONField(_("totals"), default=dict)
    issued_at = models.DateTimeField(_("issued"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("partner", "statement")
        verbose_name_plural = pgettext_lazy("partner", "statements")
        permissions = [
            ("match_statement", gettext_noop("Can match statements with partners’ files")),
            ("issue_statement", gettext_noop("Can issue statements of partners by hand")),
        ]
        constraints = [
            models.UniqueConstraint("partner", "program", "month", name="statement_is_issued_once"),
            models.CheckConstraint(condition=models.Q(closing=F("opening") + F("total")), name="statement_adds_up"),
            models.CheckConstraint(
                condition=models.Q(prepaid_closing=F("prepaid_opening") + F("prepaid_change")),
                name="statement_adds_up_in_prepaid_points",
            ),
        ]

    def __str__(self):
        return f"{self.partner} · {self.month:%Y-%m}"
