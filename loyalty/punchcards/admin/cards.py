"""Members' cards and their punches, to be read. Two verbs correct, each with a reason: punch by hand, take back."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import (
    ExportMixin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyAdmin,
    ViewOnlyInline,
)
from loyalty.punchcards import operations, sentences
from loyalty.punchcards.forms import StampForm, UndoForm
from loyalty.punchcards.models import Punch, PunchCard, PunchCardProgram
from loyalty.punchcards.templatetags.punchcards import picture
from members.queries import LookupRefused, lookup
from members.references import MemberRef

STAMP = "punchcards.stamp_punchcard"
SEARCH = _("Name, number, card, e-mail or phone of the member.")
STATE_COLOURS = {"open": "info", "completed": "success", "expired": "warning"}


def shown_state(card):
    """The state as people mean it: an open card past its end has expired."""
    is_over = card.state == PunchCard.State.OPEN and card.expires_at is not None and card.expires_at <= timezone.now()
    return PunchCard.State.EXPIRED if is_over else PunchCard.State(card.state)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*PunchCard.State.choices, ("owed", _("reward still owed"))]

    def queryset(self, request, queryset):
        ended = Q(state="open", expires_at__lte=timezone.now())
        if self.value() == "owed":
            return queryset.owing()
        if self.value() == "open":
            return queryset.exclude(ended).filter(state="open")
        if self.value() == "expired":
            return queryset.filter(ended | Q(state="expired"))
        return queryset.filter(state=self.value()) if self.value() else queryset


class PunchInline(ViewOnlyInline):
    model = Punch
    fk_name = "card"
    fields = ["occurred_at", "count", "lost", "given_for", "activity_id", "by", "reason"]
    ordering = ["-id"]


@admin.register(PunchCard)
class PunchCardAdmin(VerbMixin, StoreScopedMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["member", "card_program", "shown_punches", "shown_state", "opened_at", "expires_at"]
    list_filter = ["program", ("card_program", admin.RelatedFieldListFilter), StateFilter]
    list_select_related = ["member", "card_program"]
    search_help_text = SEARCH
    sortable_by = []
    inlines = [PunchInline]
    actions_list = ["stamp"]
    actions_detail = ["stamp_again"]
    readonly_fields = ["picture", "state_text", "shown_rewards"]
    fieldsets = [
        (None, {"fields": ["picture", "member", "card_program", "number", "state_text"]}),
        (_("Its reward"), {"fields": ["reward", "shown_rewards", "fillings"]}),
        (_("When"), {"fields": ["opened_at", "expires_at", "completed_at"]}),
    ]
    export_fields = ["id", "program__code", "card_program__code", "member__number", "number", "punches", "of", "state"]
    export_fields += ["opened_at", "expires_at", "completed_at", "rewards_given"]

    @display(description=_("punches"))
    def shown_punches(self, card):
        return f"{card.punches} / {card.of}"

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, card):
        state = shown_state(card)
        return state.value, state.label

    @display(description=_("state"))
    def state_text(self, card):
        return shown_state(card).label

    @display(description=_("the card"))
    def picture(self, card):
        return picture(name=card.card_program.name, punches=card.punches, of=card.of, key=str(card.pk))

    @display(description=_("rewards given"))
    def shown_rewards(self, card):
        return f"{card.rewards_given} / {card.reward_quantity}"

    def has_stamp_permission(self, request, object_id=None):
        return request.user.has_perm(STAMP)

    @action(description=_("Punch by hand"), url_path="again", permissions=["stamp"], icon="ink_pen")
    def stamp_again(self, request, object_id):
        card = self.get_object(request, object_id)
        asked = {} if card is None else {"member": card.member.number, "card": card.card_program_id}
        return redirect(f"{reverse('admin:punchcards_punchcard_stamp')}?{urlencode(asked)}")

    @action(description=_("Punch by hand"), url_path="stamp", permissions=["stamp"], icon="ink_pen")
    def stamp(self, request):
        cards = PunchCardProgram.objects.filter(is_active=True).select_related("program")
        asked = {name: request.GET[name] for name in ("member", "card") if request.GET.get(name)}
        form = StampForm(request.POST if request.method == "POST" else None, cards=cards, initial=asked)
        if form.is_valid() and (told := _stamp(form, request.user)):
            messages.success(request, told)
            return redirect(f"{reverse('admin:punchcards_punchcard_changelist')}?{urlencode(_search(form))}")
        context = self.admin_site.each_context(request)
        context |= {"title": _("Punch by hand"), "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/act.html", context)


def _search(form):
    return {"q": form.cleaned_data["member"]}


def _stamp(form, by):
    """Punch what the form asks for, and say what came of it; nothing where the form has the refusal."""
    data = form.cleaned_data
    card = data["card"]
    try:
        member = lookup(MemberRef("any", data["member"]), region=card.program.phone_region)
    except LookupRefused as refusal:
        return form.add_error("member", str(refusal))
    try:
        outcome = operations.stamp_by_hand(
            card_program=card,
            member_id=member.pk,
            count=data["count"],
            reason=data["reason"],
            key=str(data["key"]),
            at=timezone.now(),
            by=by,
        )
    except operations.PunchRefused as refusal:
        return form.add_error("member" if refusal.code == "not_enrolled" else None, str(refusal))
    return sentences.explain(outcome, currency=card.program.money_currency)


@admin.register(Punch)
class PunchAdmin(VerbMixin, StoreScopedMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["occurred_at", "member", "card_program", "shown_count", "given_for", "by", "reason"]
    list_filter = ["program", "given_for"]
    list_select_related = ["member", "card_program", "by"]
    search_help_text = SEARCH
    sortable_by = []
    actions_detail = ["undo"]
    readonly_fields = ["shown_count"]
    fields = ["member", "card_program", "card", "shown_count", "lost", "given_for", "activity_id", "occurred_at"]
    fields += ["recorded_at", "by", "reason", "part_of", "undoes"]
    export_fields = ["id", "program__code", "card_program__code", "member__number", "card__number", "count", "lost"]
    export_fields += ["given_for", "activity_id", "occurred_at", "recorded_at", "by__username", "reason"]

    @display(description=_("punches"))
    def shown_count(self, punch):
        return str(punch)

    def has_stamp_permission(self, request, object_id=None):
        return request.user.has_perm(STAMP)

    def get_actions_detail(self, request, object_id):
        punch = self.get_object(request, object_id)
        can_be_undone = punch is not None and operations.can_be_undone(punch)
        return super().get_actions_detail(request, object_id) if can_be_undone else []

    @action(description=_("Take this punch back"), url_path="undo", permissions=["stamp"], icon="undo")
    def undo(self, request, object_id):
        def perform(punch, data):
            outcome = operations.undo_stamp(punch=punch, reason=data["reason"], at=timezone.now(), by=request.user)
            return sentences.explain(outcome, currency=punch.program.money_currency)

        return self.act(
            request,
            object_id,
            title=_("Take this punch back"),
            form_class=UndoForm,
            perform=perform,
            refusals=operations.PunchRefused,
        )
