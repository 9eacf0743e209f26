"""What support does with a person as a whole: merge two rows that are one, erase, take everything out."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import ExportMixin, MemberSearchMixin, VerbMixin, ViewOnlyAdmin, grouped, has_row
from loyalty.lib.wording import named
from members import operations
from members.duplicates import likenesses
from members.exporting import export_member
from members.forms import MergeForm, ReasonForm
from members.models import Card, Member, MemberMerge
from members.queries import identities

MERGE = "members.perform_membermerge"
REFUSALS = (operations.MergeRefused, operations.MemberRefused, ValidationError)


def holdings(member):
    """What a person has here, a line each: whoever confirms sees what it is about."""
    ids = identities(member.pk)
    cards = Card.objects.filter(member__in=ids).count()
    if cards:
        yield ngettext("%(n)s card", "%(n)s cards", cards) % {"n": cards}
    for enrolment in member.enrolments.select_related("program").order_by("pk"):
        figures = {"points": grouped(enrolment.balance), "purchases": grouped(enrolment.purchases)}
        yield named(enrolment.program, gettext("%(points)s points, %(purchases)s purchases") % figures)


class PersonMixin:
    """For the members' admin."""

    def has_merge_permission(self, request, object_id=None):
        active = Member.objects.active()
        return request.user.has_perm(MERGE) and (object_id is None or has_row(active, object_id))

    def has_erase_permission(self, request, object_id=None):
        there = Member.objects.exclude(status__in=[Member.Status.ERASED, Member.Status.MERGED])
        return request.user.has_perm("members.erase_member") and has_row(there, object_id)

    def has_take_out_permission(self, request, object_id=None):
        return request.user.has_perm("members.take_out_member") and has_row(Member.objects.all(), object_id)

    @action(description=_("Merge another member into this one"), permissions=["merge"], icon="merge")
    def merge(self, request, object_id):
        def preview(member, data):
            other = data["absorb"]
            parts = [part for part in (other.number, other.email, str(other.phone or "")) if part]
            return [
                gettext("%(member)s becomes %(kept)s: whatever names the one means the other.")
                % {"member": f"{other} ({', '.join(parts)})", "kept": member},
                *holdings(other),
            ]

        def perform(member, data):
            operations.merge_members(
                keep=member, absorb=data["absorb"], reason=data["reason"], at=timezone.now(), by=request.user
            )
            return gettext("%(member)s was merged into %(kept)s.") % {"member": data["absorb"], "kept": member}

        return self.act(
            request,
            object_id,
            title=_("Merge another member into this one"),
            form_class=MergeForm,
            perform=perform,
            preview=preview,
            refusals=REFUSALS,
        )

    @action(description=_("Erase the personal data"), url_path="erase", permissions=["erase"], icon="person_off")
    def erase(self, request, object_id):
        def preview(member, data):
            return [
                gettext("Name, contact, identifiers and history of this member are blanked, for good."),
                gettext("Points and unused vouchers are lost, cards are blocked, nothing is sent to them again."),
                *holdings(member),
            ]

        def perform(member, data):
            operations.erase_member(member=member, reason=data["reason"], at=timezone.now(), by=request.user)
            return gettext("The member’s data were erased.")

        return self.act(
            request,
            object_id,
            title=_("Erase the personal data"),
            form_class=ReasonForm,
            perform=perform,
            preview=preview,
            refusals=REFUSALS,
        )

    @action(
        description=_("Everything about this member (JSON)"),
        url_path="take-out",
        permissions=["take_out"],
        icon="download",
    )
    def take_out(self, request, object_id):
        member = self.get_object(request, object_id)
        if member is None:
            raise Http404
        name = f"member-{member.number}.json"
        return JsonResponse(
            export_member(member=member),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @action(description=_("Possible duplicates"), url_path="duplicates", permissions=["merge"], icon="group_search")
    def duplicates(self, request):
        if not self.has_merge_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request)
        context |= {"title": _("Possible duplicates"), "opts": self.opts, "likenesses": likenesses()}
        return TemplateResponse(request, "admin/members/duplicates.html", context)


@admin.register(MemberMerge)
class MemberMergeAdmin(VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["merged_at", "absorb", "keep", "reason", "by", "undone_at"]
    list_select_related = ["keep", "absorb", "by"]
    sortable_by = []
    search_help_text = _("Name, number, card, e-mail or phone of the member kept.")
    search_fields = ["reason"]
    fields = ["keep", "absorb", "merged_at", "reason", "by", "shown_moved", "undone_at", "undone_reason", "undone_by"]
    readonly_fields = ["shown_moved"]
    actions_detail = ["undo"]
    export_fields = ["id", "keep__number", "absorb__number", "merged_at", "reason", "by__username", "undone_at"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        members = list(Member.objects.search(search_term).order_by().values_list("pk", flat=True)[:1000])
        return queryset.filter(keep__in=members) | queryset.filter(absorb__in=members), False

    @display(description=_("moved"))
    def shown_moved(self, merge):
        points = sum(lot["points"] for part in merge.moved.get("ledger", []) for lot in part["lots"])
        cards = len(merge.moved.get("members", {}).get("cards", []))
        return gettext("%(points)s points, %(cards)s cards") % {"points": grouped(points), "cards": grouped(cards)}

    def has_undo_permission(self, request, object_id=None):
        standing = MemberMerge.objects.filter(undone_at__isnull=True)
        return request.user.has_perm(MERGE) and has_row(standing, object_id)

    @action(description=_("Undo this merge"), url_path="undo", permissions=["undo"], icon="undo")
    def undo(self, request, object_id):
        def perform(merge, data):
            operations.undo_merge(merge=merge, reason=data["reason"], at=timezone.now(), by=request.user)
            return gettext("The two members are apart again.")

        return self.act(
            request,
            object_id,
            title=_("Undo this merge"),
            form_class=ReasonForm,
            perform=perform,
            refusals=REFUSALS,
        )
