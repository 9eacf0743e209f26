from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Store
from members.models import Member

from .base import COUNT, ForSome, Named


class Occasion(Named, ForSome):
    """An event with places to which members are invited. `taken` counts the places given: the last has one winner."""

    store = models.ForeignKey(
        Store, models.PROTECT, null=True, blank=True, related_name="occasions", verbose_name=_("store")
    )
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("Where it is not in a store."))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    places = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        validators=COUNT,
        help_text=_("Who accepts once they are taken is put on the waiting list; empty means without limit."),
    )
    taken = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
    cancelled_at = models.DateTimeField(pgettext_lazy("moment", "cancelled"), null=True, editable=False)
    history = HistoricalRecords(verbose_name=_("history of the occasion"), excluded_fields=["taken"])

    class Meta(Named.Meta):
        abstract = False
        verbose_name = pgettext_lazy("with places", "occasion")
        verbose_name_plural = pgettext_lazy("with places", "occasions")
        ordering = ["-starts_at"]
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="occasion_ends_after_it_begins",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(taken__lte=F("places")),
                name="occasion_gives_no_more_places_than_it_has",
                violation_error_message=_("More places have been given already."),
            ),
        ]

    def clean(self):
        errors = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = _("The end must come after the start.")
        if self.store and self.program_id and self.store.program_id != self.program_id:
            errors["store"] = _("It belongs to another program.")
        if self.places is not None and self.places < self.taken:
            errors["places"] = _("More places have been given already.")
        if errors:
            raise ValidationError(errors)


class Invitation(models.Model):
    """A member and an occasion: what was answered, whether the member came."""

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "accepted")
        WAITING = "waiting", _("on the waiting list")
        DECLINED = "declined", pgettext_lazy("invitation", "declined")
        ATTENDED = "attended", _("attended")
        NO_SHOW = "no_show", _("did not come")

    fixed_columns = ("occasion_id", "invited_at")

    occasion = models.ForeignKey(
        Occasion, models.PROTECT, related_name="invitations", verbose_name=pgettext_lazy("with places", "occasion")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="invitations", verbose_name=_("member"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.INVITED)
    has_place = models.BooleanField(_("has a place"), default=False)
    invited_at = models.DateTimeField(pgettext_lazy("moment", "invited"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    attended_at = models.DateTimeField(pgettext_lazy("moment", "attended"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint("occasion", "member", name="invitation_is_sent_once"),
            models.CheckConstraint(
                condition=Q(has_place=False) | Q(state__in=["accepted", "attended", "no_show"]),
                name="invitation_has_a_place_only_where_accepted",
            ),
            models.CheckConstraint(
                condition=Q(state="attended", attended_at__isnull=False)
                | (~Q(state="attended") & Q(attended_at__isnull=True)),
                name="invitation_attended_says_when",
            ),
        ]
        indexes = [models.Index(fields=["occasion", "state", "answered_at"], name="invitation_waiting_list")]

    def __str__(self):
        return f"{self.member} · {self.occasion}"
