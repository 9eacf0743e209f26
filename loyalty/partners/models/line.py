from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Program
from members.models import Member

from .contract import Contract, PrepaidPack
from .partner import Partner


class PartnerLine(models.Model):
    """One thing that counts between a partner and a program, written in the transaction of its cause.

    `amount` is minor units of the partner's money: above zero the partner owes it. `points` are what members got at
    the partner (or lost again, below zero); `prepaid_points` change what the partner has bought in advance. `cause`
    names the activity, the redemption or the decision (`activity:12`); `reference` is the partner's own name for it.
    """

    class Kind(models.TextChoices):
        ACCRUAL = "accrual", _("points earned")
        REFUND = "refund", _("earned points taken back")
        REDEMPTION = "redemption", _("points spent")
        ROLLBACK = "rollback", _("spent points given back")
        PACK = "pack", _("pack bought")
        CORRECTION = "correction", _("correction")
        PAYMENT = "payment", _("payment")

    # A line is rewritten by nobody; the month that takes it up is noted on it, once.
    fixed_columns = ("partner_id", "program_id", "contract_id", "member_id", "public_id", "kind", "points", "rate")
    fixed_columns += ("amount", "prepaid_points", "reference", "cause", "undoes_id", "occurred_at", "recorded_at")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="lines", verbose_name=_("partner"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_index=False, verbose_name=_("program"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("contract")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member")
    )
    public_id = models.UUIDField(_("identifier at the partner"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    points = models.BigIntegerField(_("points"), default=0)
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=6, null=True, blank=True)
    amount = models.BigIntegerField(_("amount, in minor units"), default=0)
    prepaid_points = models.BigIntegerField(_("prepaid points"), default=0)
    reference = models.CharField(_("reference"), max_length=120)
    cause = models.CharField(_("cause"), max_length=60)
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"))
    statement = models.ForeignKey(
        "partners.Statement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=pgettext_lazy("partner", "statement"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("line of a partner")
        verbose_name_plural = _("lines of partners")
        constraints = [
            models.UniqueConstraint("partner", "program", "kind", "cause", name="partner_line_has_one_cause"),
            models.CheckConstraint(
                condition=Q(kind="accrual", points__gt=0, amount__gte=0, prepaid_points__lte=0)
                | Q(kind="refund", points__lte=0, amount__lte=0, prepaid_points__gte=0)
                | Q(kind="redemption", points__lt=0, amount__lte=0, prepaid_points=0)
                | Q(kind="rollback", points__gt=0, amount__gte=0, prepaid_points=0)
                | Q(kind="pack", points=0, amount__gte=0, prepaid_points__gt=0)
                | Q(kind="payment", points=0, prepaid_points=0)
                | Q(kind="correction"),
                name="partner_line_goes_its_way",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["refund", "rollback"], undoes__isnull=False)
                | Q(kind__in=["accrual", "redemption", "pack", "payment"], undoes__isnull=True)
                | Q(kind="correction"),
                name="partner_line_undoes_another",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["pack", "payment", "correction"])
                | Q(member__isnull=False, public_id__isnull=False, contract__isnull=False, rate__isnull=False),
                name="partner_line_of_a_member_has_its_rate",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "partner", "occurred_at"], name="partner_line_when"),
            models.Index(fields=["partner", "program"], name="partner_line_open", condition=Q(statement__isnull=True)),
            models.Index(fields=["partner", "program", "reference"], name="partner_line_reference"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.reference}"


class PackDraw(models.Model):
    """Points that a line took from a pack; below zero where it put them back."""

    append_only = True

    line = models.ForeignKey(PartnerLine, models.PROTECT, related_name="draws", verbose_name=_("line"))
    pack = models.ForeignKey(PrepaidPack, models.PROTECT, related_name="draws", verbose_name=_("prepaid pack"))
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("points drawn from a pack")
        verbose_name_plural = _("points drawn from packs")
        constraints = [
            models.UniqueConstraint("line", "pack", name="pack_draw_is_one_per_line_and_pack"),
            models.CheckConstraint(condition=~Q(points=0), name="pack_draw_moves_points"),
        ]

    def __str__(self):
        return f"{self.pack}: {self.points}"
