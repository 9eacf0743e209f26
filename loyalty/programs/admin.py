"""Programs and stores in the admin: the promise in plain words, and its end announced by a verb of its own."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminColorInputWidget

from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin, StoreScopedMixin, VerbMixin, fold_empty, has_row
from loyalty.lib.periods import local_date
from loyalty.programs import operations, queries
from loyalty.programs.forms import ClosingForm, ConfirmForm, FirstStoreForm, time_zone_field
from loyalty.programs.models import Program, Store
from loyalty.programs.rules import CLOSING_FIELDS, Phase

PHASES = {
    Phase.OPEN: _("open"),
    Phase.ANNOUNCED: _("closing announced"),
    Phase.REDEEM_ONLY: _("nothing is earned any more"),
    Phase.NO_MOVEMENT: _("points can no longer be spent"),
    Phase.CLOSED: _("closed"),
}
PHASE_COLOURS = {
    Phase.OPEN: "success",
    Phase.ANNOUNCED: "warning",
    Phase.REDEEM_ONLY: "warning",
    Phase.NO_MOVEMENT: "danger",
    Phase.CLOSED: "danger",
}
# Past activities are counted in them: changing one would give the past another meaning.
FIXED_ONCE_MADE = ["code", "money_currency", "time_zone"]
FIXED_HELP = {
    "code": _("For tills and web addresses; it cannot be changed later."),
    "money_currency": _("Three letters, such as EUR or USD; it cannot be changed later."),
}


class TimeZoneMixin:
    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "time_zone":
            return time_zone_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class FirstStoresInline(NoDeleteMixin, TabularInline):
    """The stores that a new program begins with; later ones are opened on their own page."""

    model = Store
    form = FirstStoreForm
    fields = ["name", "code", "address"]
    extra = 3
    verbose_name_plural = _("first stores")


@admin.register(Program)
class ProgramAdmin(TimeZoneMixin, VerbMixin, NoDeleteMixin, HistoryAdmin):
    list_display = ["name", "code", "shown_phase", "money_currency", "time_zone", "expiry"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    readonly_fields = [*CLOSING_FIELDS, "phase"]
    actions_detail = ["announce_closing", "withdraw_closing"]
    conditional_fields = {
        "expiry_months": "expiry == 'rolling' || expiry == 'inactivity'",
        "expiry_round_up": "expiry == 'rolling' || expiry == 'inactivity'",
        "expiry_days": "expiry == 'fixed'",
        "expiry_reset_kinds": "expiry == 'inactivity'",
    }
    fieldsets = [
        (
            None,
            {"fields": ["name", "code", "currency_name_en", "currency_name_fr", "money_currency", "time_zone"]},
        ),
        (
            _("When points expire"),
            {
                "fields": ["expiry", "expiry_months", "expiry_round_up", "expiry_days", "expiry_reset_kinds"],
                "description": _("A change binds the points earned after it; earlier ones keep their day."),
            },
        ),
        (
            _("Earning and refunds"),
            {
                "fields": [
                    "earn_on",
                    "rounding",
                    "refund_policy",
                    "max_activity_age_days",
                    "excluded_categories",
                    "excluded_skus",
                ],
                "description": _("What every earning rule of the program keeps to."),
                "classes": ["collapse"],
            },
        ),
        (_("New members"), {"fields": ["language", "phone_region", "terms_version", "terms_fr", "terms_en"]}),
        (_("Looks"), {"fields": ["logo", "colour", "accent_colour"], "classes": ["collapse"]}),
        (
            _("Closing"),
            {
                "fields": ["phase", *CLOSING_FIELDS],
                "description": _("Each day is the last on which it still works. Set by “Announce the closing”."),
                "classes": ["collapse"],
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *FIXED_ONCE_MADE] if obj else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name"]}

    def get_inlines(self, request, obj):
        return [] if obj else [FirstStoresInline]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fold_empty(fieldsets, obj) if obj else fieldsets[:-1]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("colour", "accent_colour"):
            kwargs["widget"] = UnfoldAdminColorInputWidget
        if db_field.name in FIXED_HELP:
            kwargs["help_text"] = FIXED_HELP[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("state"), label=PHASE_COLOURS)
    def shown_phase(self, program):
        phase = queries.phase(program, local_date(timezone.now(), program.tzinfo))
        return phase, PHASES[phase]

    @display(description=_("state"))
    def phase(self, program):
        _phase, words = self.shown_phase(program)
        return words

    @action(description=_("Announce the closing"), permissions=["change"], icon="event_busy")
    def announce_closing(self, request, object_id):
        def perform(program, data):
            operations.announce_closing(
                program=program,
                last_earning=data["last_earning_date"],
                last_redemption=data["last_redemption_date"],
                final_expiry=data["final_expiry_date"],
                at=timezone.now(),
                by=request.user,
            )
            return gettext("The closing is announced.")

        return self.act(
            request,
            object_id,
            title=_("Announce the closing"),
            form_class=ClosingForm,
            perform=perform,
            refusals=ValidationError,
        )

    def has_reopen_permission(self, request, object_id=None):
        closing = Program.objects.filter(closing_announced_date__isnull=False)
        return self.has_change_permission(request) and has_row(closing, object_id)

    @action(description=_("Withdraw the closing"), permissions=["reopen"], icon="event_available")
    def withdraw_closing(self, request, object_id):
        def perform(program, data):
            operations.withdraw_closing(program=program, at=timezone.now(), by=request.user)
            return gettext("The program goes on.")

        return self.act(
            request,
            object_id,
            title=_("Withdraw the closing"),
            form_class=ConfirmForm,
            perform=perform,
            refusals=ValidationError,
        )


@admin.register(Store)
class StoreAdmin(TimeZoneMixin, StoreScopedMixin, NoDeleteMixin, HistoryAdmin):
    store_lookup = "pk"
    list_display = ["name", "code", "program", "is_active"]
    list_filter = ["program", "is_active"]
    list_select_related = ["program"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    autocomplete_fields = ["program", "staff"]
    fieldsets = [
        (None, {"fields": ["program", "name", "code", "address", "is_active"]}),
        (_("Time"), {"fields": ["time_zone"], "description": _("Rules by day and hour use the store’s time.")}),
        (_("Staff"), {"fields": ["staff"], "description": _("Who works here and sees this store’s sales.")}),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj or self._may_assign(request) else fieldsets[:-1]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        fixed = ["program", "code"] if obj else []
        return [*fields, *fixed] if self._may_assign(request) else [*fields, *fixed, "staff"]

    def _may_assign(self, request):
        """Who works in a store sees its sales: that is for those to say who keep the accounts."""
        return request.user.has_perm("auth.view_user")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name"]}
