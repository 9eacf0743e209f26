"""Member offers: what members only are shown, for whom and how long."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin
from rewards.forms import OfferForm
from rewards.models import Offer

MOMENTS = {"first_day": "valid_from", "last_day": "valid_to", "early_day": "early_from"}


@admin.register(Offer)
class OfferAdmin(NoDeleteMixin, HistoryAdmin):
    form = OfferForm
    list_display = ["shown_name", "program", "shown_audience", "valid_from", "valid_to", "is_active"]
    list_filter = ["program", "is_active"]
    list_select_related = ["program"]
    search_fields = ["code", "name_fr", "name_en"]
    autocomplete_fields = ["program", "reward"]
    fieldsets = [
        (None, {"fields": ["program", "name_en", "name_fr", "code", "text_en", "text_fr"]}),
        (_("What it gives"), {"fields": ["discount_code", "reward"]}),
        (_("When"), {"fields": ["first_day", "last_day", "is_active"]}),
        (
            _("For certain members"),
            {
                "fields": [*Offer.AUDIENCE, "early_day"],
                "description": _("Empty: for every member."),
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, options | {"fields": [MOMENTS.get(name, name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "program", "code"] if obj else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name_en"]}

    @display(description=_("name"))
    def shown_name(self, offer):
        return offer.name

    @display(description=pgettext_lazy("members", "for"))
    def shown_audience(self, offer):
        return ", ".join(offer.audience) or _("every member")
