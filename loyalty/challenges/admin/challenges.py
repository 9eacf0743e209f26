"""Challenges to be built, and how far members are in them."""

from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.challenges import operations, sentences
from loyalty.challenges.admin.base import AUDIENCE, CIRCUMSTANCES, NAMES, WHAT_COUNTS, WHEN, WHO, DefinitionAdmin
from loyalty.challenges.forms import ChallengeForm
from loyalty.challenges.models import Challenge, ChallengeCompletion, ChallengeProgress
from loyalty.challenges.operations.definitions import FIXED
from loyalty.lib.admin import ExportMixin, MemberSearchMixin, ViewOnlyAdmin, ViewOnlyInline, grouped
from loyalty.lib.saving import save_checked

BONUS = _(
    "To give more points for a time, such as double points on a weekend, make an earning rule with a first and a "
    "last day."
)
UNDER_WAY = _("Members are under way: what has to be reached and what it gives is fixed.")


@admin.register(Challenge)
class ChallengeAdmin(DefinitionAdmin):
    form = ChallengeForm
    list_display = ["shown_name", "program", "shown_goal", "shown_gift", "valid_to", "is_active"]
    list_filter = ["program", "goal", "is_active"]
    list_select_related = ["program", "reward", "badge"]
    autocomplete_fields = ["program", "reward", "badge"]
    readonly_fields = ["shown_wins", "shown_goal"]
    fixed = FIXED
    conditional_fields = {
        "target": "goal != 'amount'",
        "target_amount": "goal == 'amount'",
        "every": "goal == 'streak'",
    }
    fieldsets = [
        (None, {"fields": NAMES, "description": BONUS}),
        (_("What has to be reached"), {"fields": ["goal", "target", "target_amount", "every", "period", "times"]}),
        (WHAT_COUNTS, {"fields": CIRCUMSTANCES}),
        (_("What it gives"), {"fields": ["points", "reward", "badge", "most_winners"]}),
        (WHEN, {"fields": ["first_day", "last_day", "is_active"]}),
        (WHO, {"fields": [*AUDIENCE, "is_opt_in"]}),
    ]
    shown_fieldsets = [(_("So far"), {"fields": ["shown_wins"]})]

    def is_fixed(self, challenge):
        return operations.is_under_way(challenge)

    def get_fieldsets(self, request, obj=None):
        """What has to be reached is a sentence to who cannot change it."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or (self.has_change_permission(request, obj) and not self.is_fixed(obj)):
            return fieldsets
        names, (title, _goal), *others = fieldsets
        goal = {"fields": ["shown_goal", "times"], "description": UNDER_WAY if self.is_fixed(obj) else ""}
        return [names, (title, goal), *others]

    def save_model(self, request, obj, form, change):
        now = timezone.now()
        if change:
            operations.change_challenge(challenge=obj, at=now, by=request.user, **self.changes(form))
        else:
            save_checked(obj, by=request.user, at=now)

    @display(description=_("goal"))
    def shown_goal(self, challenge):
        return capfirst(sentences.goal_text(challenge))

    @display(description=_("times won"))
    def shown_wins(self, challenge):
        wins = ChallengeCompletion.objects.filter(progress__challenge=challenge, undone_at__isnull=True).count()
        if challenge.most_winners is None:
            return grouped(wins)
        return _("%(count)s of %(goal)s") % {"count": grouped(wins), "goal": grouped(challenge.most_winners)}


class CompletionInline(ViewOnlyInline):
    model = ChallengeCompletion
    fields = ["ordinal", "completed_at", "points", "voucher", "undone_at", "is_reward_kept"]
    show_change_link = False


@admin.register(ChallengeProgress)
class ChallengeProgressAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["member", "challenge", "period", "shown_reached", "completions", "updated_at"]
    list_filter = ["challenge__program", ("challenge", admin.RelatedFieldListFilter)]
    list_select_related = ["member", "challenge__program"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    inlines = [CompletionInline]
    readonly_fields = ["shown_reached"]
    fields = ["member", "challenge", "period", "shown_reached", "completions", "updated_at"]
    export_fields = ["challenge__code", "member__number", "period", "count", "completions", "updated_at"]

    @display(description=_("reached"))
    def shown_reached(self, progress):
        challenge = progress.challenge
        return sentences.reached(challenge.goal, progress.count, challenge.needed, challenge.program.money_currency)
