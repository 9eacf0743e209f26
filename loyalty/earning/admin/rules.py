"""Earning rules in the admin: written in plain words, changed through the verbs, all versions in sight."""

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.earning.forms import EarningRuleForm
from loyalty.earning.models import EarningRule, RuleUsage
from loyalty.earning.sentences import describe, kind_text
from loyalty.earning.versions import RuleRefused, add_rule, is_latest, retire_rule, revise_rule
from loyalty.ledger.currencies import Currency, shown
from loyalty.lib.admin import ModelAdmin, NoDeleteMixin, ViewOnlyAdmin, fold_empty

STATES = {"waiting": _("not yet"), "valid": _("in force"), "ended": _("ended")}
STATE_COLOURS = {"waiting": "warning", "valid": "success", "ended": ""}


class VersionFilter(admin.SimpleListFilter):
    """The newest version of each rule unless all are asked for."""

    title = _("versions")
    parameter_name = "versions"

    def lookups(self, request, model_admin):
        return [("all", _("All versions"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [first | {"display": _("The newest")}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        newer = EarningRule.objects.filter(
            program=OuterRef("program"), code=OuterRef("code"), version__gt=OuterRef("version")
        )
        return queryset.filter(~Exists(newer))


@admin.register(EarningRule)
class EarningRuleAdmin(NoDeleteMixin, ModelAdmin):
    form = EarningRuleForm
    list_display = ["name", "sentence", "program", "shown_state", "version"]
    list_filter = ["program", VersionFilter, "effect"]
    list_select_related = ["program", "reward"]
    search_fields = ["name", "code"]
    search_help_text = _("Name or code.")
    ordering = ["program__name", "-priority", "code", "-version"]
    actions = ["retire"]
    readonly_fields = [
        "sentence",
        "shown_state",
        "shown_kind",
        "versions",
        "valid_from",
        "valid_to",
        "created_at",
        "by",
    ]
    conditional_fields = {
        "own_kind": "kind == 'own'",
        "points": "effect == 'per_amount' || effect == 'per_item' || effect == 'fixed'",
        "per_amount": "effect == 'per_amount'",
        "factor": "effect == 'percentage' || effect == 'multiplier'",
        "reward": "effect == 'reward'",
        "currency": "effect != 'reward'",
        "activation_delay_days": "effect != 'reward'",
    }
    fieldsets = [
        (None, {"fields": ["program", "name", "code", "kind", "own_kind"]}),
        (
            _("What it earns"),
            {"fields": ["effect", "currency", "points", "per_amount", "factor", "reward", "activation_delay_days"]},
        ),
        (
            _("When it holds"),
            {
                "fields": ["first_day", "last_day", "weekdays", "hour_from", "hour_to"],
                "description": _("Hours are those of the store; from 22 to 4 means the night that begins at 22."),
            },
        ),
        (
            _("Where and for whom"),
            {
                "fields": ["stores", "channels", "brands", "member_tags", "tiers", "plans"],
                "classes": ["collapse"],
            },
        ),
        (
            _("On which goods"),
            {
                "fields": [
                    "minimum_amount",
                    "categories",
                    "skus",
                    "excluded_categories",
                    "excluded_skus",
                    "tenders",
                ],
                "classes": ["collapse"],
            },
        ),
        (
            _("How much at most"),
            {
                "fields": ["cap_per_activity", "cap_per_day", "cap_per_month", "cap_per_member", "budget"],
                "classes": ["collapse"],
                "description": _(
                    "In points, in money where it gives cash-back, in rewards where it gives one. Empty: no limit. "
                    "A new version goes on counting where the old stopped."
                ),
            },
        ),
        (
            _("Beside other rules"),
            {
                "fields": ["priority", "exclusive_group"],
                "classes": ["collapse"],
                "description": _(
                    "Of rules with the same exclusive group only the one with the highest priority holds. "
                    "Points, cash-back and rewards are decided apart."
                ),
            },
        ),
    ]
    reading_fieldsets = [
        (None, {"fields": ["program", "name", "code", "version", "shown_kind", "sentence", "state"]}),
    ]
    history_fieldset = (_("Versions"), {"fields": ["versions"]})

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        may_change = self.has_change_permission(request, obj)
        mine = fold_empty(self.fieldsets, obj) if may_change else self.reading_fieldsets
        return [*mine, self.history_fieldset]

    def get_readonly_fields(self, request, obj=None):
        # Activities were rated under a code in a program: neither can change.
        return [*self.readonly_fields, "program", "code"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name"]}

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or is_latest(obj))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RuleRefused as refusal:  # somebody else changed the rule between the check and the saving
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return HttpResponseRedirect(request.path)

    # The verbs do the saving; what is left of Django's steps has nothing to do.

    def save_form(self, request, form, change):
        if change:
            return revise_rule(rule=form.instance, changes=form.terms(), by=request.user, at=timezone.now())
        return add_rule(by=request.user, at=timezone.now(), **form.terms())

    def save_model(self, request, obj, form, change):
        if change and obj.pk != form.instance.pk:
            text = gettext("The rule was in use: version %(version)s begins, the one before has ended.")
            self.message_user(request, text % {"version": obj.version}, messages.INFO)

    def save_related(self, request, form, formsets, change):
        pass

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        if "_continue" in request.POST:
            return HttpResponseRedirect(reverse("admin:earning_earningrule_change", args=[obj.pk]))
        return response

    @action(description=_("End the selected rules now"), permissions=["change"])
    def retire(self, request, queryset):
        ended = 0
        for rule in queryset:
            try:
                retire_rule(rule=rule, at=timezone.now())
                ended += 1
            except RuleRefused as refusal:
                self.message_user(request, f"{rule}: {' '.join(refusal.messages)}", messages.WARNING)
        if ended:
            text = gettext("Rules ended: %(count)s. What they granted stays.") % {"count": ended}
            self.message_user(request, text, messages.SUCCESS)

    @display(description=_("what it says"))
    def sentence(self, rule):
        return describe(rule)

    @display(description=_("kind of activity"))
    def shown_kind(self, rule):
        return kind_text(rule.kind)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, rule):
        now = timezone.now()
        state = "valid"
        if rule.valid_from and now < rule.valid_from:
            state = "waiting"
        if rule.valid_to and now >= rule.valid_to:
            state = "ended"
        return state, STATES[state]

    @display(description=_("state"))
    def state(self, rule):
        return self.shown_state(rule)[1]

    @display(description=_("versions"))
    def versions(self, rule):
        rows = EarningRule.objects.filter(program=rule.program_id, code=rule.code).order_by("-version")
        return render_to_string(
            "admin/earning/versions.html",
            {
                "rule": rule,
                "versions": [(each, describe(each)) for each in rows.select_related("program", "reward", "by")],
                "tz": rule.program.tzinfo,
            },
        )


@admin.register(RuleUsage)
class RuleUsageAdmin(ViewOnlyAdmin):
    """What capped rules have granted so far."""

    list_display = ["rule_code", "program", "member", "shown_period", "shown_points"]
    list_filter = ["program"]
    list_select_related = ["program", "member"]
    fields = ["rule_code", "program", "member", "shown_period", "shown_points"]
    search_fields = ["=rule_code"]
    search_help_text = _("The rule’s code.")

    @display(description=_("period"))
    def shown_period(self, usage):
        if usage.period:
            return usage.period
        return _("since ever") if usage.member_id else _("budget, all members")

    @display(description=_("granted"))
    def shown_points(self, usage):
        return shown(usage.points, usage.currency or Currency.POINTS, usage.program.money_currency)

    def get_queryset(self, request):
        versions = EarningRule.objects.filter(program=OuterRef("program"), code=OuterRef("rule_code"))
        return super().get_queryset(request).annotate(currency=Subquery(versions.values("currency")[:1]))
