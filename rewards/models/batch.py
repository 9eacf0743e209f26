from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from loyalty.programs.models import Program
from members.models import Member

from .reward import Reward

MOST_CODES = 1_000_000


class VoucherBatch(models.Model):
    """Codes made ahead for nobody in particular: printed on flyers, sent by a partner, handed out at the door.

    A job makes them. They leave the house once, as a CSV file; a batch that got lost is withdrawn as a whole.
    """

    class State(models.TextChoices):
        MAKING = "making", _("being made")
        READY = "ready", pgettext_lazy("batch", "ready")
        LISTED = "listed", _("codes taken out")
        WITHDRAWN = "withdrawn", pgettext_lazy("batch", "withdrawn")

    fixed_columns = ("program_id", "reward_id", "quantity", "uses_allowed", "one_per_member", "expires_at")

    program = models.ForeignKey(Program, models.PROTECT, related_name="voucher_batches", verbose_name=_("program"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Such as Flyers for the opening in Lyon."))
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="batches", verbose_name=_("reward"))
    quantity = models.PositiveIntegerField(
        _("number of codes"), validators=[MinValueValidator(1), MaxValueValidator(MOST_CODES)]
    )
    uses_allowed = models.PositiveIntegerField(
        _("times each code may be used"), default=1, validators=[MinValueValidator(1)]
    )
    one_per_member = models.BooleanField(
        _("once per member"),
        default=False,
        help_text=_("Each member may use one code of the batch, once; the till must then say who buys."),
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.MAKING)
    made = models.PositiveIntegerField(_("codes made"), default=0)
    created_at = models.DateTimeField(_("created"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    listed_at = models.DateTimeField(_("taken out"), null=True, blank=True)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken out by"),
    )
    withdrawn_at = models.DateTimeField(pgettext_lazy("moment", "withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_reason = models.CharField(_("reason of the withdrawal"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("batch of vouchers")
        verbose_name_plural = _("batches of vouchers")
        permissions = [("list_voucherbatch", gettext_noop("Can take out the codes of a batch of vouchers"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, uses_allowed__gte=1), name="voucher_batch_has_codes_of_use"
            ),
            models.CheckConstraint(
                condition=Q(made__lte=models.F("quantity")), name="voucher_batch_makes_no_more_than_asked_for"
            ),
            models.CheckConstraint(
                condition=Q(state="making") | Q(state="withdrawn") | Q(made=models.F("quantity")),
                name="voucher_batch_is_ready_when_all_are_made",
            ),
            models.CheckConstraint(
                condition=~Q(state="listed") | Q(listed_at__isnull=False), name="voucher_batch_listed_has_its_moment"
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="voucher_batch_withdrawn_has_its_moment",
            ),
        ]

    def __str__(self):
        return self.name


class BatchUsage(models.Model):
    """Whether a member has used a code of a batch that is for once per member: one conditional update decides."""

    batch = models.ForeignKey(
        VoucherBatch, models.PROTECT, related_name="usages", db_index=False, verbose_name=_("batch of vouchers")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="batch_usages", verbose_name=_("member"))
    taken = models.BooleanField(_("taken"), default=False)

    class Meta:
        verbose_name = _("use of a batch")
        verbose_name_plural = _("uses of batches")
        constraints = [models.UniqueConstraint("batch", "member", name="batch_usage_is_one_per_member")]

    def __str__(self):
        return f"{self.member} · {self.batch}"
