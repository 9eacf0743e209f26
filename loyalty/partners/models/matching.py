from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from .line import PartnerLine
from .statement import Statement


class StatementUpload(models.Model):
    """A partner's own file about a month, to be held against ours within a tolerance."""

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="uploads", verbose_name=pgettext_lazy("partner", "statement")
    )
    name = models.CharField(_("file"), max_length=200)
    file = models.CharField(_("kept as"), max_length=200)
    days = models.PositiveSmallIntegerField(_("tolerance in days"), default=0, validators=[MaxValueValidator(31)])
    amount = models.PositiveBigIntegerField(_("tolerance in the amount, in minor units"), default=0)
    uploaded_at = models.DateTimeField(_("uploaded"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("partner’s file")
        verbose_name_plural = _("partners’ files")

    def __str__(self):
        return self.name


class MatchedLine(models.Model):
    """What became of one row of the partner's file, or of a line of ours that it has not."""

    append_only = True

    class Result(models.TextChoices):
        MATCHED = "matched", _("the same")
        DIFFERING = "differing", _("differing")
        ONLY_OURS = "only_ours", _("only with us")
        ONLY_THEIRS = "only_theirs", _("only with them")

    upload = models.ForeignKey(
        StatementUpload, models.PROTECT, related_name="matched", verbose_name=_("partner’s file")
    )
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    line = models.ForeignKey(
        PartnerLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("our line")
    )
    row = models.PositiveIntegerField(_("row of the file"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=120)
    date = models.DateField(_("date"))
    points = models.BigIntegerField(_("their points"), null=True, blank=True)
    amount = models.BigIntegerField(_("their amount, in minor units"), null=True, blank=True)

    class Meta:
        verbose_name = _("matched line")
        verbose_name_plural = _("matched lines")
        constraints = [
            models.UniqueConstraint(
                "upload", "row", name="matched_row_is_matched_once", condition=Q(row__isnull=False)
            ),
            models.UniqueConstraint(
                "upload", "line", name="matched_line_is_matched_once", condition=Q(line__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(result="only_ours", line__isnull=False, row__isnull=True, points__isnull=True)
                | Q(result="only_theirs", line__isnull=True, row__isnull=False, points__isnull=False)
                | Q(result__in=["matched", "differing"], line__isnull=False, row__isnull=False, points__isnull=False),
                name="matched_line_has_its_sides",
            ),
        ]

    def __str__(self):
        return f"{self.get_result_display()} · {self.reference}"


class Dispute(models.Model):
    """A difference that a person decides. `points` and `amount` are what the partner says beyond our line.

    Accepted, the partner's figures stand; settled, others that both agreed on. Either writes a correcting line, which
    falls into the next month.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "open")
        ACCEPTED = "accepted", pgettext_lazy("dispute", "accepted")
        REJECTED = "rejected", pgettext_lazy("dispute", "rejected")
        SETTLED = "settled", pgettext_lazy("dispute", "settled otherwise")

    fixed_columns = ("matched_id", "points", "amount", "opened_at")

    matched = models.OneToOneField(MatchedLine, models.PROTECT, related_name="dispute", verbose_name=_("matched line"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    points = models.BigIntegerField(_("points"))
    amount = models.BigIntegerField(_("amount, in minor units"))
    opened_at = models.DateTimeField(pgettext_lazy("dispute", "opened"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    correction = models.OneToOneField(
        PartnerLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("correcting line")
    )

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        permissions = [("decide_dispute", gettext_noop("Can decide disputes with partners"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, reason="")
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="dispute_decided_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "settled"], correction__isnull=False)
                | Q(state__in=["open", "rejected"], correction__isnull=True),
                name="dispute_corrects_what_was_granted",
            ),
        ]

    def __str__(self):
        return str(self.matched)
