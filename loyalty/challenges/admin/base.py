"""What the admins of this room's definitions share."""

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.challenges import sentences
from loyalty.lib.admin import HistoryAdmin, NoDeleteMixin, VerbMixin

NAMES = ["program", "name_en", "name_fr", "code", "description_en", "description_fr"]
CIRCUMSTANCES = ["chosen_kinds", "own_kinds", "minimum_amount", "stores", "channels", "brands", "categories", "skus"]
AUDIENCE = ["tiers", "plans", "member_tags"]
WHAT_COUNTS, WHO, WHEN = _("What counts"), _("For whom"), _("When")
# What a form asks under another name than the column's, and what shows the column to who may not change it.
COLUMN = {"first_day": "valid_from", "last_day": "valid_to", "chosen_kinds": "kinds", "own_kinds": "kinds"}
LISTS = ("kinds", "stores", "channels", "brands", "categories", "skus", "tiers", "plans", "member_tags")
MONEY = ("minimum_amount", "target_amount", "per_amount")
READ = {name: f"shown_{name}" for name in (*LISTS, *MONEY)}


def _listed(name, label):
    @display(description=label)
    def shown(self, row):
        return ", ".join(getattr(row, name)) or "–"

    return shown


def _money(name, label):
    @display(description=label)
    def shown(self, row):
        return sentences.money(getattr(row, name) or None, row)

    return shown


class DefinitionAdmin(VerbMixin, NoDeleteMixin, HistoryAdmin):
    """`fixed` are the columns that cannot be changed once `is_fixed(row)`; `shown_fieldsets` follow on a saved row."""

    list_filter = ["program"]
    list_select_related = ["program", "reward"]
    search_fields = ["code", "name_fr", "name_en"]
    ordering = ["program", "code"]
    autocomplete_fields = ["program"]
    fixed = ()
    shown_fieldsets = ()

    shown_stores = _listed("stores", _("stores"))
    shown_channels = _listed("channels", _("channels"))
    shown_brands = _listed("brands", _("brands"))
    shown_categories = _listed("categories", _("categories"))
    shown_skus = _listed("skus", _("articles"))
    shown_tiers = _listed("tiers", _("tiers"))
    shown_plans = _listed("plans", _("plans"))
    shown_member_tags = _listed("member_tags", _("member’s tags"))
    shown_minimum_amount = _money("minimum_amount", _("from an amount of"))
    shown_target_amount = _money("target_amount", _("amount to spend"))
    shown_per_amount = _money("per_amount", _("a ticket for each full amount of"))

    def is_fixed(self, row):
        return False

    def _unchangeable(self, request, obj):
        """The columns that are only shown; None means all of them."""
        if not self.has_change_permission(request, obj):
            return None
        return {"program", "code", *(self.fixed if self.is_fixed(obj) else ())}

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        fixed = self._unchangeable(request, obj)

        def shown(name):
            column = COLUMN.get(name, name)
            return READ.get(column, column) if fixed is None or column in fixed else name

        return [
            (title, options | {"fields": list(dict.fromkeys(map(shown, options["fields"])))})
            for title, options in [*self.fieldsets, *self.shown_fieldsets]
        ]

    def get_readonly_fields(self, request, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        if obj is None:
            return fields
        fixed = self._unchangeable(request, obj)
        columns = [field.name for field in self.opts.concrete_fields] if fixed is None else sorted(fixed)
        return [*fields, *(name for name in columns if name not in READ), *READ.values()]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Without the form's own fields that this page does not show: they would come back empty."""
        form = super().get_form(request, obj, change=change, **kwargs)
        asked = set(flatten_fieldsets(self.get_fieldsets(request, obj)))
        for name in [name for name in form.base_fields if name not in asked]:
            del form.base_fields[name]
        return form

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"code": ["name_en"]}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:  # somebody took a step between the check and the saving
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def changes(self, form):
        """The columns that the form changed, with what they are now."""
        names = {COLUMN.get(name, name) for name in form.changed_data}
        return {name: getattr(form.instance, name) for name in sorted(names)}

    def terms(self, form):
        """What a new row shall say, by its columns."""
        names = {COLUMN.get(name, name) for name in form.cleaned_data}
        return {name: getattr(form.instance, name) for name in sorted(names)}

    @display(description=_("name"), ordering="name_en")
    def shown_name(self, row):
        return row.name

    @display(description=_("gives"))
    def shown_gift(self, row):
        return sentences.gift_text(row) or "–"

    @display(description=_("kinds of activity"))
    def shown_kinds(self, row):
        return sentences.kinds_text(row.kinds)
