"""Enrolments and consents: to be read; a member leaves or accepts the terms by a verb."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import (
    ExportMixin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyAdmin,
    grouped,
    has_row,
)
from loyalty.lib.money import money_text
from members import operations
from members.forms import ConfirmForm
from members.models import Consent, Enrolment

STATUS_COLOURS = {"active": "success", "left": "warning"}


class MemberRowAdmin(StoreScopedMixin, VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    search_help_text = _("Name, number, card, e-mail or phone of the member.")


@admin.register(Enrolment)
class EnrolmentAdmin(MemberRowAdmin):
    list_display = ["member", "program", "shown_status", "enrolled_at", "last_activity_at", "shown_spend", "points"]
    list_filter = ["program", "status", ("has_priority", admin.BooleanFieldListFilter)]
    list_select_related = ["member", "program"]
    sortable_by = []
    fieldsets = [
        (None, {"fields": ["member", "program", "status", "enrolled_at", "channel", "store"]}),
        (_("Terms"), {"fields": ["terms_version", "terms_accepted_at"]}),
        (
            _("So far"),
            {
                "fields": [
                    "tier",
                    "plan",
                    "segments",
                    "shown_priority",
                    "points",
                    "shown_spend",
                    "purchases",
                    "first_purchase_at",
                    "last_purchase_at",
                ]
                + ["last_activity_at", "predicted_value", "predicted_at"]
            },
        ),
    ]
    readonly_fields = ["shown_spend", "points", "shown_priority"]
    actions_detail = ["accept_terms", "leave"]
    export_fields = ["member__number", "program__code", "status", "enrolled_at", "channel", "store__code"]
    export_fields += ["terms_version", "terms_accepted_at", "last_activity_at", "purchases", "spend", "balance"]
    export_fields += ["tier", "plan", "segments", "has_priority"]

    @display(description=_("status"), label=STATUS_COLOURS)
    def shown_status(self, enrolment):
        return enrolment.status, enrolment.get_status_display()

    @display(description=_("spend"))
    def shown_spend(self, enrolment):
        return money_text(enrolment.spend, enrolment.program.money_currency)

    @display(description=_("points available"))
    def points(self, enrolment):
        return grouped(enrolment.balance)

    @display(description=_("priority support"), boolean=True)
    def shown_priority(self, enrolment):
        return enrolment.has_priority

    def has_verb_permission(self, request, object_id=None):
        active = Enrolment.objects.filter(status=Enrolment.Status.ACTIVE)
        return request.user.has_perm("members.change_enrolment") and has_row(active, object_id)

    @action(description=_("Terms accepted"), permissions=["verb"], icon="contract")
    def accept_terms(self, request, object_id):
        def perform(enrolment, data):
            accepted = operations.accept_terms(enrolment=enrolment, at=timezone.now(), by=request.user)
            return gettext("Version %(version)s of the terms is accepted.") % {"version": accepted.terms_version}

        return self._act(request, object_id, _("The member has accepted the present terms"), perform)

    @action(description=_("Leave the program"), permissions=["verb"], icon="logout")
    def leave(self, request, object_id):
        def perform(enrolment, data):
            operations.leave(enrolment=enrolment, at=timezone.now(), by=request.user)
            return gettext("The member has left the program.")

        return self._act(request, object_id, _("The member leaves the program"), perform)

    def _act(self, request, object_id, title, perform):
        return self.act(
            request, object_id, title=title, form_class=ConfirmForm, perform=perform, refusals=ValidationError
        )


@admin.register(Consent)
class ConsentAdmin(MemberRowAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["member", "channel", "given", "source", "recorded_at", "by"]
    list_filter = ["channel", "given"]
    list_select_related = ["member", "by"]
    sortable_by = []
    fields = ["member", "channel", "given", "wording", "source", "by", "recorded_at"]
    export_fields = ["member__number", "channel", "given", "wording", "source", "by__username", "recorded_at"]
