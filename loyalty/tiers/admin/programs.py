"""A program of tiers on one page. What a change moves is shown before it is saved."""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin
from loyalty.tiers import operations, sentences
from loyalty.tiers.forms import TierForm, TierFormSet, TierProgramForm
from loyalty.tiers.models import Tier, TierProgram
from loyalty.tiers.previewing import Move, preview
from loyalty.tiers.reading import define, definition_of

SEEN = "_seen"


class ToConfirm(Exception):
    """The change moves members, and nobody has seen yet how many."""

    def __init__(self, moves: list[Move]):
        super().__init__()
        self.moves = moves


class TierInline(NoDeleteMixin, StackedInline):
    model = Tier
    form = TierForm
    formset = TierFormSet
    extra = 0
    min_num = 1
    can_delete = False
    ordering = ["threshold"]
    autocomplete_fields = ["reward", "recurring_reward"]
    verbose_name_plural = _("tiers, from the lowest up")
    fieldsets = [
        (None, {"fields": [("code", "threshold"), ("name_en", "name_fr")]}),
        (
            None,
            {
                "fields": [
                    ("multiplier", "reward"),
                    ("recurring_reward", "recurs"),
                    ("perks_en", "perks_fr"),
                    ("priority_support", "is_active"),
                ]
            },
        ),
    ]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 2

    def get_min_num(self, request, obj=None, **kwargs):
        return 0 if obj else 1


@admin.register(TierProgram)
class TierProgramAdmin(NoDeleteMixin, HistoryAdmin):
    form = TierProgramForm
    inlines = [TierInline]
    list_display = ["program", "metric", "window", "shown_tiers", "soft_landing", "grace_days"]
    list_select_related = ["program"]
    search_fields = ["program__name", "program__code"]
    autocomplete_fields = ["program"]
    readonly_fields = ["shown_kinds"]
    conditional_fields = {
        "kinds": "metric == 'count'",
        "own_kinds": "metric == 'count'",
        "months": "measured_over == 'rolling'",
    }
    fieldsets = [
        (None, {"fields": ["program"]}),
        (_("What is measured"), {"fields": ["metric", "kinds", "own_kinds", "measured_over", "months"]}),
        (
            _("Coming down"),
            {
                "fields": ["soft_landing", "grace_days"],
                "description": _(
                    "Members rise at once. They come down at the end of a period alone: over calendar years, the year "
                    "that ended decides on 1 January; over months, what was done since the tier was reached decides "
                    "that many months later."
                ),
            },
        ),
        (_("Rewards"), {"fields": ["jump"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("tiers")

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "program"] if obj else fields

    def get_fieldsets(self, request, obj=None):
        """Who may only read sees the columns, not what stands for them in the form."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        shown = {"kinds": ["shown_kinds"], "own_kinds": [], "measured_over": ["window"]}
        return [
            (title, options | {"fields": [each for name in options["fields"] for each in shown.get(name, [name])]})
            for title, options in self.fieldsets
        ]

    @display(description=_("activities that count"))
    def shown_kinds(self, row):
        return ", ".join(sentences.kind_text(kind) for kind in row.kinds) or "–"

    @display(description=_("tiers"))
    def shown_tiers(self, row):
        currency = row.program.money_currency
        return ", ".join(
            f"{tier.name} ({sentences.measure_text(tier.threshold, row.metric, currency)})"
            for tier in row.tiers.all()
            if tier.is_active
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ToConfirm as question:
            return self._ask(request, object_id, question.moves)

    def _ask(self, request, object_id, moves):
        context = self.admin_site.each_context(request)
        context |= {
            "title": gettext("Save and move members?"),
            "opts": self.opts,
            "original": self.get_object(request, object_id),
            "moves": moves,
            "posted": [(name, value) for name, values in request.POST.lists() for value in values if name != SEEN],
            "seen": SEEN,
        }
        return TemplateResponse(request, "admin/tiers/preview.html", context)

    # The verb does the saving, of the program and its tiers together.

    def save_model(self, request, obj, form, change):
        pass

    def save_related(self, request, form, formsets, change):
        (tiers,) = formsets
        tiers.save(commit=False)
        row, wanted = form.instance, [each.instance for each in tiers.forms if each.has_changed() or each.instance.pk]
        if change and SEEN not in request.POST:
            self._require_consent(row, wanted)
        operations.save_tiers(row=row, tiers=wanted, at=timezone.now(), by=request.user)

    def _require_consent(self, row, wanted):
        before = definition_of(row.program)
        moves = preview(program=row.program, before=before, after=define(row, wanted), tiers=wanted, at=timezone.now())
        if any(move.rise or move.fall for move in moves):
            raise ToConfirm(moves)
