from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program, Store
from members.querysets import CardQuerySet

from .member import Member

MOST_CARDS = 100_000


class CardBatch(models.Model):
    """Cards made ahead: generated, printed, shipped to a store, and activated there when handed over."""

    class State(models.TextChoices):
        GENERATED = "generated", _("generated")
        PRINTED = "printed", _("printed")
        SHIPPED = "shipped", _("shipped")

    program = models.ForeignKey(Program, models.PROTECT, related_name="card_batches", verbose_name=_("program"))
    quantity = models.PositiveIntegerField(
        _("quantity"), validators=[MinValueValidator(1), MaxValueValidator(MOST_CARDS)]
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.GENERATED)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"))
    printed_at = models.DateTimeField(pgettext_lazy("moment", "printed"), null=True, blank=True)
    shipped_at = models.DateTimeField(pgettext_lazy("moment", "shipped"), null=True, blank=True)

    class Meta:
        verbose_name = _("card batch")
        verbose_name_plural = _("card batches")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="card_batch_has_cards"),
            models.CheckConstraint(
                condition=~Q(state="shipped") | Q(store__isnull=False), name="card_batch_ships_to_a_store"
            ),
        ]

    def __str__(self):
        return f"{self.program} · {self.created_at:%Y-%m-%d} · {self.quantity}"


class Card(models.Model):
    """Ready in a drawer, active in its member's hands, or blocked for good; `replaces` is the one it stands in for."""

    class State(models.TextChoices):
        READY = "ready", _("ready")
        ACTIVE = "active", pgettext_lazy("card", "active")
        BLOCKED = "blocked", pgettext_lazy("card", "blocked")

    number = models.CharField(_("number"), max_length=24, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="cards", verbose_name=_("program"))
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="cards", verbose_name=_("member")
    )
    batch = models.ForeignKey(
        CardBatch, models.PROTECT, null=True, blank=True, related_name="cards", verbose_name=_("batch")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READY)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    blocked_at = models.DateTimeField(pgettext_lazy("moment", "blocked"), null=True, blank=True)
    blocked_reason = models.CharField(_("reason of the block"), max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    history = HistoricalRecords(verbose_name=_("history of the card"))

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="active") | Q(member__isnull=False, activated_at__isnull=False),
                name="card_active_has_its_member",
            ),
            models.CheckConstraint(
                condition=~Q(state="blocked") | (Q(blocked_at__isnull=False) & ~Q(blocked_reason="")),
                name="card_blocked_says_when_and_why",
            ),
        ]

    def __str__(self):
        return self.number
