"""What marketing builds: what punches, how many punches fill a card, what a full card gives."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin
from loyalty.punchcards import sentences
from loyalty.punchcards.forms import PunchCardProgramForm
from loyalty.punchcards.models import PunchCardProgram
from loyalty.punchcards.templatetags.punchcards import picture


@admin.register(PunchCardProgram)
class PunchCardProgramAdmin(NoDeleteMixin, HistoryAdmin):
    form = PunchCardProgramForm
    list_display = ["shown_name", "sentence", "program", "is_active"]
    list_filter = ["program", "punch_on", "is_active"]
    list_select_related = ["program", "reward"]
    search_fields = ["code", "name_fr", "name_en"]
    search_help_text = _("Name or code.")
    ordering = ["program__name", "code"]
    autocomplete_fields = ["program", "reward"]
    readonly_fields = ["sentence", "picture", "conditions"]
    conditional_fields = {
        "categories": "punch_on == 'item'",
        "skus": "punch_on == 'item'",
        "per_amount": "punch_on == 'amount'",
        "expires_after": "expiry == 'days' || expiry == 'months'",
    }
    fieldsets = [
        (None, {"fields": ["program", "name_en", "name_fr", "code", "is_active"]}),
        (
            _("What punches it"),
            {"fields": ["punch_on", "categories", "skus", "per_amount", "kinds", "own_kinds"]},
        ),
        (
            _("What a full card gives"),
            {
                "fields": ["punches_needed", "reward", "reward_quantity", "carries_over"],
                "description": _("A free drink after five visits: 5 punches, the reward “Drink”, one of it."),
            },
        ),
        (
            _("Under which conditions"),
            {"fields": ["stores", "channels", "minimum_amount", "limit_per_visit", "limit_per_day"]},
        ),
        (_("How long"), {"fields": ["expiry", "expires_after", "first_day", "last_day"]}),
    ]

    reading_fieldsets = [
        (None, {"fields": ["sentence", "picture", "program", "name_en", "name_fr", "code", "is_active"]}),
        (_("What a full card gives"), {"fields": ["punches_needed", "reward", "reward_quantity", "carries_over"]}),
        (_("Under which conditions"), {"fields": ["conditions", "limit_per_visit", "limit_per_day"]}),
        (_("How long"), {"fields": ["expiry", "expires_after", "valid_from", "valid_to"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        if not self.has_change_permission(request, obj):
            return self.reading_fieldsets
        (title, first), *others = self.fieldsets
        return [(title, first | {"fields": ["sentence", "picture", *first["fields"]]}), *others]

    def get_readonly_fields(self, request, obj=None):
        # Cards were punched under a code in a program: neither can change.
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "program", "code"] if obj else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name_en"]}

    @display(description=_("name"))
    def shown_name(self, definition):
        return definition.name

    @display(description=_("in words"))
    def sentence(self, definition):
        return sentences.describe(definition)

    @display(description=_("the card"))
    def picture(self, definition):
        return picture(name=definition.name, punches=0, of=definition.punches_needed, key=f"of-{definition.pk}")

    @display(description=_("conditions"))
    def conditions(self, definition):
        return sentences.conditions(definition)
