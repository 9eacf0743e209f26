"""One person: found by anything, corrected in a form, blocked or asked for consent by a verb."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import JSONField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from loyalty.lib.admin import ExportMixin, HistoryAdmin, NoDeleteMixin, VerbMixin, ViewOnlyInline, grouped, has_row
from loyalty.lib.filtersets import FilterSetListFilter
from members import operations
from members.admin.persons import PersonMixin
from members.filters import MemberFilter
from members.forms import ConsentForm, ExternalIdForm, GiveCardForm, ReasonForm
from members.models import Card, Consent, Enrolment, ExternalId, Member

STATUS_COLOURS = {"active": "success", "blocked": "danger", "erased": "warning", "merged": "info"}
SETTLED = (Member.Status.ERASED, Member.Status.MERGED)  # to be read only
NAMES = ["first_name", "last_name", "birth_date", "language"]
CONTACT = ["email", "phone", "postcode"]
KNOWN = ["tags", "preferences"]


class MemberListFilter(FilterSetListFilter):
    title = _("members")
    filterset_class = MemberFilter
    fields = [name for name in MemberFilter.base_filters if name != "search"]


class EnrolmentInline(ViewOnlyInline):
    model = Enrolment
    fields = ["program", "status", "enrolled_at", "channel", "store", "terms_version", "last_activity_at", "balance"]


class CardInline(ViewOnlyInline):
    model = Card
    fields = ["number", "program", "state", "activated_at", "blocked_at", "blocked_reason"]


class ConsentInline(ViewOnlyInline):
    model = Consent
    fields = ["channel", "given", "source", "recorded_at", "by"]
    ordering = ["-recorded_at", "-pk"]


class ExternalIdInline(ViewOnlyInline):
    model = ExternalId
    fields = ["source", "external_id"]
    show_change_link = False


@admin.register(Member)
class MemberAdmin(PersonMixin, VerbMixin, ExportMixin, NoDeleteMixin, HistoryAdmin):
    list_display = ["__str__", "number", "email", "shown_phone", "shown_status", "shown_programs"]
    list_filter = [MemberListFilter]
    sortable_by = []
    search_fields = ["number"]
    search_help_text = _("Name, number, card, e-mail, phone, or another system’s identifier.")
    readonly_fields = ["number", "status", "merged_into", "created_at"]
    give_consent = staticmethod(operations.give_consent)  # a door above gives it by a verb that may earn
    formfield_overrides = HistoryAdmin.formfield_overrides | {
        JSONField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})},
    }
    fieldsets = [
        (None, {"fields": ["number", "status", "merged_into", "created_at"]}),
        (_("Person"), {"fields": NAMES}),
        (_("Contact"), {"fields": CONTACT}),
        (_("Known about the member"), {"fields": KNOWN}),
    ]
    inlines = [EnrolmentInline, CardInline, ConsentInline, ExternalIdInline]
    actions_detail = [
        {
            "title": _("More"),
            "icon": "more_horiz",
            "items": ["record_consent", "give_card", "add_external_id", "block", "unblock"],
        },
        {
            "title": _("Person"),
            "icon": "person_search",
            "items": ["merge", "take_out", "erase"],
        },
    ]
    actions_list = ["duplicates"]
    export_fields = ["number", "first_name", "last_name", "email", "phone", "birth_date", "language", "postcode"]
    export_fields += ["status", "created_at"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[1:]

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("enrolments__program")

    def get_search_results(self, request, queryset, search_term):
        return queryset.search(search_term), False

    def save_model(self, request, obj, form, change):
        at = timezone.now()
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            saved = operations.update_member(member=obj, at=at, by=request.user, **changes)
        else:
            saved = operations.create_member(at=at, by=request.user, **form.cleaned_data)
        # The admin goes on with the row that it built from the form.
        obj.__dict__.update(saved.__dict__)

    def has_change_permission(self, request, obj=None):
        if isinstance(obj, Member) and obj.status in SETTLED:  # an action hands over a key instead
            return False
        return super().has_change_permission(request, obj)

    @display(description=_("status"), label=STATUS_COLOURS)
    def shown_status(self, member):
        return member.status, member.get_status_display()

    @display(description=_("phone"))
    def shown_phone(self, member):
        return member.phone.as_international.replace(" ", "\xa0") if member.phone else ""

    @display(description=_("programs and points"))
    def shown_programs(self, member):
        return ", ".join(f"{each.program} · {grouped(each.balance)}" for each in member.enrolments.all()) or "–"

    def has_consent_permission(self, request, object_id=None):
        return request.user.has_perm("members.add_consent")

    @action(description=_("Record a consent"), permissions=["consent"], icon="fact_check")
    def record_consent(self, request, object_id):
        def perform(member, data):
            verb = self.give_consent if data["given"] else operations.withdraw_consent
            answer = verb(
                member=member,
                channel=data["channel"],
                source=data["source"],
                wording=data["wording"],
                at=timezone.now(),
                by=request.user,
            )
            return gettext("Recorded: %(answer)s.") % {"answer": answer}

        return self.act(
            request,
            object_id,
            title=_("Record a consent"),
            form_class=ConsentForm,
            perform=perform,
            refusals=ValidationError,
        )

    def has_card_permission(self, request, object_id=None):
        return request.user.has_perm("members.change_card")

    @action(description=_("Give a card"), permissions=["card"], icon="add_card")
    def give_card(self, request, object_id):
        def perform(member, data):
            at, by = timezone.now(), request.user
            if data["card"]:
                card = operations.activate_card(card=data["card"], member=member, at=at, by=by)
            else:
                card = operations.issue_card(program=data["program"], member=member, at=at, by=by)
            return gettext("The card %(number)s is active.") % {"number": card.number}

        return self.act(
            request,
            object_id,
            title=_("Give a card"),
            form_class=GiveCardForm,
            perform=perform,
            refusals=(operations.CardRefused, ValidationError),
        )

    def has_external_id_permission(self, request, object_id=None):
        return request.user.has_perm("members.add_externalid")

    @action(description=_("Add an identifier"), permissions=["external_id"], icon="badge")
    def add_external_id(self, request, object_id):
        def perform(member, data):
            operations.add_external_id(member=member, at=timezone.now(), by=request.user, **data)
            return gettext("The identifier was added.")

        return self.act(
            request,
            object_id,
            title=_("Add an identifier"),
            form_class=ExternalIdForm,
            perform=perform,
            refusals=ValidationError,
        )

    def _has_status(self, request, object_id, status):
        return self.has_change_permission(request) and has_row(Member.objects.filter(status=status), object_id)

    def has_block_permission(self, request, object_id=None):
        return self._has_status(request, object_id, Member.Status.ACTIVE)

    def has_unblock_permission(self, request, object_id=None):
        return self._has_status(request, object_id, Member.Status.BLOCKED)

    @action(description=_("Block"), permissions=["block"], icon="block")
    def block(self, request, object_id):
        return self._set_status(
            request, object_id, operations.block_member, _("Block the member"), gettext("The member is blocked.")
        )

    @action(description=_("Unblock"), permissions=["unblock"], icon="check_circle")
    def unblock(self, request, object_id):
        return self._set_status(
            request, object_id, operations.unblock_member, _("Unblock the member"), gettext("The member is active.")
        )

    def _set_status(self, request, object_id, verb, title, told):
        def perform(member, data):
            verb(member=member, reason=data["reason"], at=timezone.now(), by=request.user)
            return told

        return self.act(
            request,
            object_id,
            title=title,
            form_class=ReasonForm,
            perform=perform,
            refusals=operations.MemberRefused,
        )
