"""The ledger in the admin: everything is to be read, nothing to be edited; two verbs correct, each with a reason.

Lists stay quick on millions of entries: no counting, a member is found first and then the rows, and every filter runs
on an index or on values that are common enough to fill a page soon.
"""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.ledger import gifts, operations
from loyalty.ledger.currencies import POINTS
from loyalty.ledger.forms import AdjustForm, ReasonForm, TransferForm
from loyalty.ledger.models import Account, Allocation, Entry, Lot, PostingKey, Transfer, TransferPolicy
from loyalty.lib.admin import (
    ExportMixin,
    HistoryAdmin,
    MemberSearchMixin,
    NoDeleteMixin,
    VerbMixin,
    ViewOnlyAdmin,
    grouped,
    has_row,
)
from loyalty.programs.expiry import ExpiryPolicy, expires_at
from loyalty.programs.models import Program

BY_HAND = "adjustment"
UNDONE = "reversal"
KIND_COLOURS = dict.fromkeys(Entry.Kind, "")  # one that is missing would be shown by its code
KIND_COLOURS |= {"earn": "success", "redeem": "info", "expire": "warning", "adjust": "primary", "reverse": "danger"}


class LedgerAdmin(VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    search_help_text = _("Name, number, card, e-mail or phone of the member.")


class DebtFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("points", _("has points")), ("pending", _("has pending points")), ("debt", _("owes points"))]

    def queryset(self, request, queryset):
        states = {"points": Q(available__gt=0), "pending": Q(pending__gt=0), "debt": Q(debt__gt=0)}
        return queryset.filter(states.get(self.value(), Q()))


@admin.register(Account)
class AccountAdmin(LedgerAdmin):
    list_display = ["member", "program", "currency", "shown_available", "shown_pending", "shown_debt"]
    list_filter = ["program", "currency", DebtFilter]
    list_select_related = ["member", "program"]
    fields = ["member", "program", "currency", "shown_available", "shown_pending", "shown_debt"]
    readonly_fields = ["shown_available", "shown_pending", "shown_debt"]
    export_fields = ["id", "member__number", "program__code", "currency", "available", "pending", "debt"]
    sortable_by = []
    actions_detail = ["adjust", "transfer"]

    @display(description=_("available"))
    def shown_available(self, account):
        return account.text(account.available)

    @display(description=_("pending"))
    def shown_pending(self, account):
        return account.text(account.pending)

    @display(description=_("debt"))
    def shown_debt(self, account):
        return account.text(account.debt)

    def has_adjust_permission(self, request, obj=None):
        return request.user.has_perm("ledger.adjust_account")

    @action(description=_("Adjust the balance"), url_path="adjust", permissions=["adjust"], icon="exposure")
    def adjust(self, request, object_id):
        def perform(account, data):
            at = timezone.now()
            posted = operations.adjust(
                program=account.program,
                member_id=account.member_id,
                points=data["points"],
                reason=data["reason"],
                cause=operations.Cause(BY_HAND, str(data["key"])),
                at=at,
                by=request.user,
                expires_at=expires_at(ExpiryPolicy.of(account.program), at) if data["points"] > 0 else None,
                currency=account.currency,
            )
            if account.currency != POINTS:
                return gettext("The balance was adjusted by %(amount)s.") % {"amount": account.text(posted.points)}
            return gettext("The balance was adjusted by %(points)s points.") % {"points": grouped(posted.points)}

        def form_class(data):
            return AdjustForm(data, account=self.get_object(request, object_id))

        return self.act(
            request,
            object_id,
            title=_("Adjust the balance"),
            form_class=form_class,
            perform=perform,
            refusals=operations.LedgerError,
        )

    def has_transfer_permission(self, request, object_id=None):
        """Points alone can be given: cash-back is money."""
        return request.user.has_perm("ledger.transfer_account") and has_row(
            Account.objects.filter(currency=POINTS), object_id
        )

    @action(description=_("Transfer points"), url_path="transfer", permissions=["transfer"], icon="redeem")
    def transfer(self, request, object_id):
        def perform(account, data):
            gift = gifts.transfer(
                program=account.program,
                from_member_id=account.member_id,
                to_member_id=data["member"].pk,
                points=data["points"],
                reason=data["reason"],
                source=BY_HAND,
                external_id=str(data["key"]),
                at=timezone.now(),
                by=request.user,
            ).transfer
            given = {"points": grouped(gift.points), "member": gift.member}
            return gettext("%(points)s points were transferred to %(member)s.") % given

        return self.act(
            request,
            object_id,
            title=_("Transfer points to another member"),
            form_class=TransferForm,
            perform=perform,
            refusals=operations.LedgerError,
        )


@admin.register(TransferPolicy)
class TransferPolicyAdmin(NoDeleteMixin, HistoryAdmin):
    list_display = ["program", "is_allowed", "between", "minimum", "most_per_day", "most_per_month", "most_per_year"]
    list_select_related = ["program"]
    sortable_by = []
    fieldsets = [
        (None, {"fields": ["program", "is_allowed", "between"]}),
        (
            _("How many"),
            {
                "fields": ["minimum", "most_per_day", "most_per_month", "most_per_year"],
                "description": _("Days, months and years are those of the program’s calendar."),
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["program"] if obj else []


@admin.register(Transfer)
class TransferAdmin(LedgerAdmin):
    list_display = ["transferred_at", "giver", "member", "shown_points", "program", "reason"]
    list_filter = ["program"]
    list_select_related = ["giver", "member", "program"]
    fields = ["program", "giver", "member", "shown_points", "transferred_at", "reason", "source", "external_id", "by"]
    readonly_fields = ["shown_points"]
    export_fields = ["id", "program__code", "giver__number", "member__number", "points", "transferred_at", "reason"]
    sortable_by = []

    @display(description=_("points"))
    def shown_points(self, transfer):
        return grouped(transfer.points)


@admin.register(Entry)
class EntryAdmin(LedgerAdmin):
    member_path = "account__member_id"
    list_display = ["effective_at", "member_name", "shown_kind", "shown_points", "cause", "reason"]
    list_filter = ["kind", ("account__program", admin.RelatedFieldListFilter)]
    list_select_related = ["account__member", "account__program", "key"]
    fields = ["account", "kind", "shown_points", "shown_shortfall", "effective_at", "recorded_at", "cause"]
    fields += ["reason", "by", "reverses", "undone_by"]
    readonly_fields = ["shown_points", "shown_shortfall", "cause", "undone_by"]
    export_fields = ["id", "account__member__number", "account__program__code", "account__currency", "kind", "points"]
    export_fields += ["shortfall"]
    export_fields += ["effective_at", "recorded_at", "key__source", "key__external_id", "reason", "by__username"]
    sortable_by = []
    actions_detail = ["undo"]

    @display(description=_("member"))
    def member_name(self, entry):
        return entry.account.member

    @display(description=_("kind"), label=KIND_COLOURS)
    def shown_kind(self, entry):
        return entry.kind, entry.get_kind_display()

    @display(description=_("points"))
    def shown_points(self, entry):
        return entry.account.text(entry.points, signed=True)

    @display(description=_("shortfall"))
    def shown_shortfall(self, entry):
        return entry.account.text(entry.shortfall)

    @display(description=_("cause"))
    def cause(self, entry):
        return str(entry.key)

    @display(description=_("reversed by"))
    def undone_by(self, entry):
        reversal = Entry.objects.filter(reverses=entry).first()
        if reversal is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:ledger_entry_change", args=[reversal.pk]), reversal)

    def has_reverse_permission(self, request, obj=None):
        return request.user.has_perm("ledger.reverse_entry")

    def get_actions_detail(self, request, object_id):
        entry = self.get_object(request, object_id)
        can_be_undone = (
            entry is not None and entry.kind == Entry.Kind.ADJUST and not Entry.objects.filter(reverses=entry).exists()
        )
        return super().get_actions_detail(request, object_id) if can_be_undone else []

    @action(description=_("Reverse this entry"), url_path="reverse", permissions=["reverse"], icon="undo")
    def undo(self, request, object_id):
        def perform(entry, data):
            if entry.kind != Entry.Kind.ADJUST:  # its voucher or its purchase would go on as if nothing had happened
                raise operations.CannotReverse(
                    gettext("Only an adjustment is reversed here: refund the activity, or roll the redemption back.")
                )
            cause = operations.Cause(UNDONE, str(entry.pk))
            posted = operations.reverse(
                entry=entry, cause=cause, at=timezone.now(), by=request.user, reason=data["reason"]
            )
            if posted.replayed:
                return gettext("This entry was reversed already.")
            if entry.account.currency != POINTS:
                return gettext("The entry was reversed: %(amount)s.") % {"amount": entry.account.text(posted.points)}
            return gettext("The entry was reversed: %(points)s points.") % {"points": grouped(posted.points)}

        return self.act(
            request,
            object_id,
            title=_("Reverse this entry"),
            form_class=ReasonForm,
            perform=perform,
            refusals=operations.LedgerError,
        )


@admin.register(Lot)
class LotAdmin(LedgerAdmin):
    member_path = "account__member_id"
    list_display = ["earned_at", "member_name", "shown_points", "shown_remaining"]
    list_display += ["active_at", "expires_at", "is_pending"]
    list_select_related = ["account__member", "account__program"]
    list_filter = ["is_pending"]
    fields = ["account", "entry", "shown_points", "shown_remaining"]
    fields += ["earned_at", "active_at", "expires_at", "is_pending"]
    readonly_fields = ["shown_points", "shown_remaining"]
    export_fields = ["id", "account__member__number", "account__program__code", "account__currency"]
    export_fields += ["points", "remaining"]
    export_fields += ["earned_at", "active_at", "expires_at", "is_pending"]
    sortable_by = []

    @display(description=_("member"))
    def member_name(self, lot):
        return lot.account.member

    @display(description=_("points"))
    def shown_points(self, lot):
        return lot.account.text(lot.points)

    @display(description=_("remaining"))
    def shown_remaining(self, lot):
        return lot.account.text(lot.remaining)


@admin.register(Allocation)
class AllocationAdmin(LedgerAdmin):
    member_path = "lot__account__member_id"
    list_display = ["entry", "member_name", "shown_points", "lot"]
    list_select_related = ["entry__account__program", "lot__account__member", "lot__account__program"]
    fields = ["entry", "lot", "shown_points"]
    readonly_fields = ["shown_points"]
    export_fields = ["id", "entry_id", "lot_id", "points"]
    sortable_by = []

    @display(description=_("member"))
    def member_name(self, allocation):
        return allocation.lot.account.member

    @display(description=_("points"))
    def shown_points(self, allocation):
        return allocation.lot.account.text(allocation.points)


@admin.register(PostingKey)
class PostingKeyAdmin(ViewOnlyAdmin):
    """Found by the whole of source and identifier, as entries show them: `till:4711`."""

    list_display = ["__str__", "program", "recorded_at"]
    list_filter = ["program"]
    list_select_related = ["program"]
    search_fields = ["external_id"]
    search_help_text = _("Source and identifier: till:4711")
    sortable_by = []

    def get_search_results(self, request, queryset, search_term):
        source, _colon, external_id = search_term.strip().partition(":")
        if not source:
            return queryset, False
        programs = list(Program.objects.values_list("pk", flat=True))
        return queryset.filter(program__in=programs, source=source, external_id=external_id), False
