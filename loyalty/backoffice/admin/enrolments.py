"""Enrolments, with the verbs of rooms above the members': a tier set by hand."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from loyalty.lib.admin import has_row
from loyalty.tiers import operations, queries
from loyalty.tiers.forms import EndTierForm, SetTierForm
from members.admin import EnrolmentAdmin as OwnEnrolmentAdmin
from members.models import Enrolment

admin.site.unregister(Enrolment)


@admin.register(Enrolment)
class EnrolmentAdmin(OwnEnrolmentAdmin):
    actions_detail = [*OwnEnrolmentAdmin.actions_detail, "set_tier", "end_tier"]

    def has_set_tier_permission(self, request, object_id=None):
        with_tiers = Enrolment.objects.filter(program__tier_program__isnull=False)
        return request.user.has_perm("tiers.set_tiermembership") and has_row(with_tiers, object_id)

    def has_end_tier_permission(self, request, object_id=None):
        return self.has_set_tier_permission(request, object_id) and queries.has_tier_by_hand(enrolment_id=object_id)

    @action(description=_("Set the tier by hand"), url_path="set-tier", permissions=["set_tier"], icon="back_hand")
    def set_tier(self, request, object_id):
        def perform(enrolment, data):
            operations.set_tier_by_hand(
                program=enrolment.program,
                member_id=enrolment.member_id,
                at=timezone.now(),
                by=request.user,
                **data,
            )
            return gettext("The tier was set. What members do leaves it alone until its end.")

        def form_class(data):
            enrolment = self.get_object(request, object_id)
            return SetTierForm(data, choices=queries.tier_choices(program=enrolment.program))

        return self._do(request, object_id, _("Set the tier by hand"), form_class, perform)

    @action(description=_("End the tier set by hand"), url_path="end-tier", permissions=["end_tier"], icon="undo")
    def end_tier(self, request, object_id):
        def perform(enrolment, data):
            operations.end_tier_by_hand(
                program=enrolment.program,
                member_id=enrolment.member_id,
                at=timezone.now(),
                by=request.user,
                **data,
            )
            return gettext("The member has what was earned again.")

        return self._do(request, object_id, _("End the tier set by hand"), EndTierForm, perform)

    def _do(self, request, object_id, title, form_class, perform):
        return self.act(
            request, object_id, title=title, form_class=form_class, perform=perform, refusals=ValidationError
        )
