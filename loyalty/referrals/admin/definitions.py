"""What a new buyer brings, to members and to ambassadors, said in plain words above the form."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.lib.admin import HistoryAdmin, MemberSearchMixin, NoDeleteMixin, ViewOnlyAdmin
from loyalty.referrals import queries, sentences
from loyalty.referrals.forms import AmbassadorForm, ReferralProgramForm
from loyalty.referrals.models import Ambassador, ReferralCode, ReferralProgram
from rewards.admin.conversions import SentenceMixin

REFERRER = ["referrer_points", "referrer_reward", "referrer_cost"]
FRIEND = ["friend_points", "friend_reward", "friend_when", "friend_cost"]
WHEN = ["minimum_purchase", "buy_within_days", "return_days"]
DAYS = ["first_day", "last_day", "is_active"]


class PromiseAdmin(SentenceMixin, NoDeleteMixin, HistoryAdmin):
    describe = staticmethod(sentences.promise)
    numbers = ("referrer_cost", "friend_cost", "minimum_purchase")
    list_select_related = ["program", "referrer_reward", "friend_reward"]


@admin.register(ReferralProgram)
class ReferralProgramAdmin(PromiseAdmin):
    form = ReferralProgramForm
    list_display = ["program", "sentence", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["program__name", "program__code"]
    autocomplete_fields = ["program", "referrer_reward", "friend_reward"]
    fieldsets = [
        (
            None,
            {
                "fields": ["program", "is_active"],
                "description": _(
                    "Each member has a code to pass on. Who comes with it and has never bought before is a friend; "
                    "their first purchase that is kept brings the reward. Pairs who may be one person wait for review."
                ),
            },
        ),
        (_("What the referrer gets for each new buyer"), {"fields": REFERRER}),
        (_("What the friend gets"), {"fields": FRIEND}),
        (_("What the friend must do"), {"fields": WHEN}),
        (_("How much at most"), {"fields": ["cap_month", "cap_year", "cap_ever", "budget"]}),
        (_("When"), {"fields": ["first_day", "last_day"]}),
    ]


@admin.register(Ambassador)
class AmbassadorAdmin(PromiseAdmin):
    form = AmbassadorForm
    list_display = ["name", "shown_code", "program", "sentence", "is_active"]
    list_filter = ["program", "is_active"]
    list_select_related = [*PromiseAdmin.list_select_related, "code"]
    search_fields = ["name", "code__code"]
    autocomplete_fields = ["program", "member", "referrer_reward", "friend_reward"]
    readonly_fields = ["sentence", "shown_code", "link"]
    fieldsets = [
        (
            None,
            {
                "fields": ["program", "name", "code", "is_active"],
                "description": _(
                    "Somebody who sends you buyers: a journalist, a club, an employee. They have words of their own as "
                    "a code, their own promise and their own lines in the report."
                ),
            },
        ),
        (_("What the ambassador gets for each new buyer"), {"fields": ["member", *REFERRER, "budget"]}),
        (_("What the friend gets"), {"fields": FRIEND}),
        (_("What the friend must do"), {"fields": WHEN}),
        (_("When"), {"fields": ["first_day", "last_day"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """A code is given once; afterwards it is shown with its link."""
        (title, first), *others = super().get_fieldsets(request, obj)
        if obj is None:
            return [(title, first), *others]
        shown = [name for each in first["fields"] for name in (["shown_code", "link"] if each == "code" else [each])]
        return [(title, first | {"fields": shown}), *others]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if obj is not None:
            form.base_fields.pop("code", None)
        return form

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)
        if not change:
            ReferralCode.objects.create(
                program=obj.program, code=form.cleaned_data["code"], ambassador=obj, created_at=obj.created_at
            )

    @display(description=_("code"))
    def shown_code(self, ambassador):
        return ambassador.code.spoken

    @display(description=_("link"))
    def link(self, ambassador):
        return queries.link(ambassador.code)


@admin.register(ReferralCode)
class ReferralCodeAdmin(MemberSearchMixin, ViewOnlyAdmin):
    list_display = ["spoken_code", "owner", "program", "created_at"]
    list_filter = ["program"]
    list_select_related = ["member", "ambassador", "program"]
    search_exact = ["code"]
    search_help_text = _("Name, number, card, e-mail or phone of the member, or the code.")
    sortable_by = []
    fields = ["spoken_code", "link", "member", "ambassador", "program", "created_at"]
    readonly_fields = ["spoken_code", "link"]

    @display(description=_("code"))
    def spoken_code(self, code):
        return code.spoken

    @display(description=_("whose"))
    def owner(self, code):
        return code.ambassador or code.member

    @display(description=_("link"))
    def link(self, code):
        return queries.link(code)
