from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program
from members.querysets import HouseholdMemberQuerySet

from .member import Member


class Household(models.Model):
    """A family or a company within one program. Where it `pools`, each of its members spends the points of all.

    Nothing is moved when somebody joins or leaves: everybody keeps an account, and a redemption draws from all of
    them. It ends (`closed_at`) when the last member has left.
    """

    class Kind(models.TextChoices):
        FAMILY = "family", _("family")
        COMPANY = "company", _("company")

    program = models.ForeignKey(Program, models.PROTECT, related_name="households", verbose_name=_("program"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.FAMILY)
    name = models.CharField(_("name"), max_length=120, help_text=_("Such as: the Almeidas, Bakery Dupont."))
    pools = models.BooleanField(
        _("spends points together"),
        default=True,
        help_text=_(
            "Each member can then spend the points of all, those that expire soonest first. The monthly issuance still "
            "counts each member’s own."
        ),
    )
    created_at = models.DateTimeField(_("created"))
    closed_at = models.DateTimeField(pgettext_lazy("household", "ended"), null=True, blank=True)
    history = HistoricalRecords(verbose_name=_("history of the household"))

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="household_has_a_name"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("created_at")),
                name="household_ends_after_it_began",
            ),
        ]

    def __str__(self):
        return self.name


class HouseholdMember(models.Model):
    """A member's place in a household: invited, then in it from `joined_at` until `left_at`, or declined."""

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        CURRENT = "current", pgettext_lazy("member of a household", "current")
        DECLINED = "declined", _("declined")
        LEFT = "left", pgettext_lazy("member of a household", "left")

    fixed_columns = ("household_id", "program_id", "invited_at")

    household = models.ForeignKey(Household, models.PROTECT, related_name="places", verbose_name=_("household"))
    # The household's, repeated so that the database keeps a member to one household of the program.
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="household_places", verbose_name=_("member"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.INVITED)
    is_head = models.BooleanField(_("head of the household"), default=False)
    invited_at = models.DateTimeField(pgettext_lazy("moment", "invited"))
    joined_at = models.DateTimeField(pgettext_lazy("moment", "joined"), null=True, blank=True)
    left_at = models.DateTimeField(pgettext_lazy("moment", "left or declined"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = HouseholdMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a household")
        verbose_name_plural = _("members of households")
        constraints = [
            models.UniqueConstraint(
                "member", "program", condition=Q(state="current"), name="household_is_one_per_member_and_program"
            ),
            models.UniqueConstraint(
                "household", "member", condition=Q(state="invited"), name="household_invites_a_member_once"
            ),
            models.UniqueConstraint(
                "household", condition=Q(is_head=True, state="current"), name="household_has_one_head"
            ),
            models.CheckConstraint(
                condition=Q(state="invited", joined_at__isnull=True, left_at__isnull=True)
                | Q(state="current", joined_at__isnull=False, left_at__isnull=True)
                | Q(state="declined", joined_at__isnull=True, left_at__isnull=False)
                | Q(state="left", joined_at__isnull=False, left_at__gte=F("joined_at")),
                name="household_place_has_the_moments_of_its_state",
            ),
            models.CheckConstraint(
                condition=Q(is_head=False) | ~Q(state__in=["invited", "declined"]),
                name="household_head_is_a_member",
            ),
        ]
        indexes = [models.Index(fields=["household", "state"], name="household_places")]

    def __str__(self):
        return f"{self.member} · {self.household}"
