from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from loyalty.programs.models import Program, Store
from members.models import Member

from .voucher import masked


class GiftCard(models.Model):
    """Money of a customer's on a card, in minor units of the program's money. Not a voucher: it pays, it takes nothing
    off.

    `balance` is the sum of its movements, changed in the transaction that writes one. Expiry is no state: a card pays
    at T when it is active and `T < expires_at`. Whoever knows code and PIN may use it; registered, it is also found
    under its member.
    """

    class State(models.TextChoices):
        READY = "ready", pgettext_lazy("gift card", "not sold")
        ACTIVE = "active", pgettext_lazy("gift card", "active")
        BLOCKED = "blocked", pgettext_lazy("gift card", "blocked")

    fixed_columns = ("program_id", "code", "pin")

    program = models.ForeignKey(Program, models.PROTECT, related_name="gift_cards", verbose_name=_("program"))
    code = models.CharField(_("code"), max_length=32, unique=True, editable=False)
    pin = models.CharField(_("PIN"), max_length=8, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READY)
    balance = models.PositiveBigIntegerField(_("balance, in minor units"), default=0)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="gift_cards", verbose_name=_("member")
    )
    registered_at = models.DateTimeField(_("registered"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    sold_at = models.DateTimeField(_("sold"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(_("wrong PINs in a row"), default=0)
    blocked_at = models.DateTimeField(_("blocked since"), null=True, blank=True)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("blocked by")
    )
    blocked_reason = models.CharField(_("reason of the block"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        permissions = [
            ("make_giftcard", gettext_noop("Can make gift cards")),
            ("adjust_giftcard", gettext_noop("Can correct the balance of a gift card")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="gift_card_is_not_overdrawn"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(balance=0, sold_at__isnull=True),
                name="gift_card_holds_nothing_before_sold",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(sold_at__isnull=False), name="gift_card_active_was_sold"
            ),
            models.CheckConstraint(
                condition=Q(state="blocked", blocked_at__isnull=False)
                | (~Q(state="blocked") & Q(blocked_at__isnull=True)),
                name="gift_card_blocked_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=True) | Q(registered_at__isnull=False),
                name="gift_card_registered_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "expires_at"], name="gift_card_with_money", condition=Q(balance__gt=0))
        ]

    def __str__(self):
        return masked(self.code)


class GiftCardMovement(models.Model):
    """One change of a card's money, named by what caused it: a sale at a till, a refund, the night that it expired."""

    append_only = True

    class Kind(models.TextChoices):
        LOAD = "load", _("sold")
        PAY = "pay", pgettext_lazy("gift card", "paid")
        REFUND = "refund", pgettext_lazy("gift card", "refunded")
        EXPIRE = "expire", pgettext_lazy("gift card", "expired")
        ADJUST = "adjust", _("corrected")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="gift_card_movements", db_index=False, verbose_name=_("program")
    )
    card = models.ForeignKey(
        GiftCard, models.PROTECT, related_name="movements", db_index=False, verbose_name=_("gift card")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = models.BigIntegerField(_("amount, in minor units"))
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("identifier"), max_length=120)
    refund_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="refunds", verbose_name=_("payment")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    at = models.DateTimeField(pgettext_lazy("moment", "moved"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("movement of a gift card")
        verbose_name_plural = _("movements of gift cards")
        constraints = [
            models.UniqueConstraint("card", "kind", "source", "external_id", name="gift_card_movement_happens_once"),
            models.UniqueConstraint(
                "program", "source", "external_id", name="gift_card_is_sold_once", condition=Q(kind="load")
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["load", "refund"], amount__gt=0)
                | Q(kind__in=["pay", "expire"], amount__lt=0)
                | (Q(kind="adjust") & ~Q(amount=0)),
                name="gift_card_movement_goes_its_way",
            ),
            models.CheckConstraint(
                condition=Q(kind="refund", refund_of__isnull=False) | (~Q(kind="refund") & Q(refund_of__isnull=True)),
                name="gift_card_refund_names_its_payment",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.source}:{self.external_id}"
