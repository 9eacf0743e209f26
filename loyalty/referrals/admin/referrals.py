"""Friends and what was decided about them. A person accepts or refuses, with a reason that is kept."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import ExportMixin, MemberSearchMixin, VerbMixin, ViewOnlyAdmin, ViewOnlyInline, grouped
from loyalty.lib.money import money_text
from loyalty.referrals import operations, sentences
from loyalty.referrals.forms import DecisionForm
from loyalty.referrals.models import Referral, ReferralGift, ReferralStep
from members.models import Member

COLOURS = {
    "joined": "info",
    "qualified": "info",
    "rewarded": "success",
    "refused": "danger",
    "held": "warning",
    "undone": "",
}


class StepInline(ViewOnlyInline):
    model = ReferralStep
    fields = ["at", "state", "shown_reason", "note", "by"]
    readonly_fields = ["shown_reason"]
    show_change_link = False
    verbose_name_plural = _("history of decisions")

    @display(description=_("reason"))
    def shown_reason(self, step):
        return sentences.step_text(step.reason)


class GiftInline(ViewOnlyInline):
    model = ReferralGift
    fields = ["given_at", "side", "member", "shown_gift", "state"]
    readonly_fields = ["shown_gift"]
    show_change_link = False
    verbose_name_plural = _("gifts")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("member", "voucher__reward")

    @display(description=_("gift"))
    def shown_gift(self, gift):
        return sentences.gift_text(gift)


@admin.register(Referral)
class ReferralAdmin(VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["joined_at", "source", "friend", "shown_state", "why", "due_at"]
    list_filter = ["program", "state"]
    list_select_related = ["referrer", "ambassador", "friend", "program"]
    search_help_text = _("Name, number, card, e-mail or phone of the friend or the referrer.")
    search_fields = ["friend"]
    sortable_by = []
    inlines = [StepInline, GiftInline]
    actions_detail = ["accept", "refuse"]
    readonly_fields = ["source", "why", "shown_net", "promised"]
    fieldsets = [
        (None, {"fields": ["program", "source", "code", "friend", "state", "why", "promised"]}),
        (_("When"), {"fields": ["joined_at", "buy_by", "purchased_at", "shown_net", "due_at", "rewarded_at"]}),
    ]
    export_fields = ["id", "program__code", "referrer__number", "ambassador__name", "friend__number", "state", "reason"]
    export_fields += ["joined_at", "purchased_at", "purchase_net", "due_at", "rewarded_at"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        members = Member.objects.search(search_term).order_by().values_list("pk", flat=True)
        ids = list(members[: self.most_members])
        return queryset.filter(Q(friend__in=ids) | Q(referrer__in=ids)), False

    @display(description=_("brought by"))
    def source(self, referral):
        return referral.ambassador or referral.referrer

    @display(description=_("state"), label=COLOURS)
    def shown_state(self, referral):
        return referral.state, referral.get_state_display()

    @display(description=_("reason"))
    def why(self, referral):
        return sentences.reason_text(referral.reason, referral.suspicions) or "–"

    @display(description=_("first purchase less refunds"))
    def shown_net(self, referral):
        return money_text(referral.purchase_net, referral.program.money_currency)

    @display(description=_("points promised"))
    def promised(self, referral):
        return grouped(referral.promise.referrer_points)

    def has_review_permission(self, request, object_id=None):
        return request.user.has_perm("referrals.change_referral")

    @action(description=_("Accept"), url_path="accept", permissions=["review"], icon="thumb_up")
    def accept(self, request, object_id):
        return self._decide(request, object_id, _("Accept this referral"), accept=True)

    @action(description=_("Refuse"), url_path="refuse", permissions=["review"], icon="thumb_down")
    def refuse(self, request, object_id):
        return self._decide(request, object_id, _("Refuse this referral"), accept=False)

    def _decide(self, request, object_id, title, *, accept):
        def perform(referral, data):
            operations.decide(
                referral=referral, accept=accept, reason=data["reason"], at=timezone.now(), by=request.user
            )
            return gettext("The referral goes on.") if accept else gettext("The referral is refused.")

        return self.act(
            request,
            object_id,
            title=title,
            form_class=DecisionForm,
            perform=perform,
            refusals=operations.ReferralsError,
        )
