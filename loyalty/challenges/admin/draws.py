"""Prize draws: built, held, followed by whoever wants to check them; and who was drawn."""

from django import forms
from django.contrib import admin
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.challenges import operations, queries
from loyalty.challenges.admin.base import AUDIENCE, CIRCUMSTANCES, NAMES, WHAT_COUNTS, WHEN, WHO, DefinitionAdmin
from loyalty.challenges.forms import DisqualifyForm, DrawForm
from loyalty.challenges.models import Draw, DrawWin
from loyalty.lib.admin import ExportMixin, MemberSearchMixin, VerbMixin, ViewOnlyAdmin, grouped, has_row
from loyalty.lib.saving import save_checked

STATE_COLOURS = {"won": "success", "substitute": "info", "disqualified": "danger"}
HOW = _(
    "The seed was chosen when the draw was made, and only its hash is known until the draw. Then the seed is shown: "
    "with the tickets it gives the same winners to whoever draws again."
)
TERMS = (
    *("winners", "substitutes", "per_amount", "most_tickets", "draw_date", "kinds", "minimum_amount", "stores"),
    *("channels", "brands", "categories", "skus", "tiers", "plans", "member_tags", "points", "reward"),
    *("prize_fr", "prize_en", "legal_fr", "legal_en", "valid_from", "valid_to"),
)


@admin.register(Draw)
class DrawAdmin(DefinitionAdmin):
    form = DrawForm
    list_display = ["shown_name", "program", "shown_gift", "draw_date", "drawn_at", "is_active"]
    list_filter = ["program", "is_active"]
    autocomplete_fields = ["program", "reward"]
    actions_detail = ["hold"]
    readonly_fields = ["shown_tickets", "commitment", "drawn_at", "seed", "tickets_digest", "shown_check"]
    fixed = TERMS
    fieldsets = [
        (None, {"fields": NAMES}),
        (_("What can be won"), {"fields": ["points", "reward", "prize_en", "prize_fr", "winners", "substitutes"]}),
        (WHAT_COUNTS, {"fields": [*CIRCUMSTANCES, "per_amount", "most_tickets"]}),
        (WHEN, {"fields": ["first_day", "last_day", "draw_date", "is_active"]}),
        (WHO, {"fields": AUDIENCE}),
        (_("Rules of the game"), {"fields": ["legal_en", "legal_fr"]}),
    ]
    shown_fieldsets = [
        (
            _("The draw"),
            {
                "fields": ["shown_tickets", "commitment", "drawn_at", "seed", "tickets_digest", "shown_check"],
                "description": HOW,
            },
        )
    ]

    def is_fixed(self, draw):
        """From the first ticket on."""
        return draw.drawn_at is not None or draw.entries.exists()

    def save_model(self, request, obj, form, change):
        if change:
            save_checked(obj, by=request.user, at=timezone.now())
            return
        saved = operations.add_draw(at=timezone.now(), by=request.user, **self.terms(form))
        obj.__dict__.update(saved.__dict__)  # the admin goes on with the row that it built from the form

    @display(description=_("tickets"))
    def shown_tickets(self, draw):
        return grouped(draw.entries.aggregate(total=Sum(F("tickets") - F("taken"), default=0))["total"])

    @display(description=_("drawn again"))
    def shown_check(self, draw):
        verified = queries.verify_draw(draw=draw)
        if verified is None:
            return "–"
        return _("gives the same winners") if verified.is_sound else _("does not agree: ask for an explanation")

    def has_hold_permission(self, request, object_id=None):
        waiting = Draw.objects.filter(drawn_at__isnull=True, is_active=True)
        return request.user.has_perm("challenges.change_draw") and has_row(waiting, object_id)

    @action(description=_("Hold the draw now"), url_path="hold", permissions=["hold"], icon="casino")
    def hold(self, request, object_id):
        def perform(draw, data):
            wins = operations.hold_draw(draw=draw, at=timezone.now(), by=request.user)
            text = ngettext("%(count)d member was drawn.", "%(count)d members were drawn.", len(wins))
            return text % {"count": len(wins)}

        return self.act(
            request,
            object_id,
            title=_("Hold the draw now"),
            form_class=forms.Form,
            perform=perform,
            refusals=operations.DrawRefused,
        )


@admin.register(DrawWin)
class DrawWinAdmin(VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["draw", "rank", "member", "shown_state", "points", "voucher"]
    list_filter = ["draw__program", ("draw", admin.RelatedFieldListFilter), "state"]
    list_select_related = ["draw", "member", "voucher"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    ordering = ["-draw", "rank"]
    sortable_by = []
    actions_detail = ["disqualify"]
    fields = ["draw", "rank", "member", "state", "points", "voucher", "disqualified_at", "disqualified_by", "reason"]
    export_fields = ["draw__code", "rank", "member__number", "state", "points"]

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, win):
        return win.state, win.get_state_display()

    def has_disqualify_permission(self, request, object_id=None):
        drawn = DrawWin.objects.exclude(state=DrawWin.State.DISQUALIFIED)
        return request.user.has_perm("challenges.change_drawwin") and has_row(drawn, object_id)

    @action(description=_("Disqualify"), url_path="disqualify", permissions=["disqualify"], icon="person_off")
    def disqualify(self, request, object_id):
        def perform(win, data):
            moved = operations.disqualify(win=win, reason=data["reason"], at=timezone.now(), by=request.user)
            if moved:
                return gettext("%(member)s moves up.") % {"member": moved.member}
            return gettext("The member is disqualified.")

        return self.act(
            request,
            object_id,
            title=_("Disqualify"),
            form_class=DisqualifyForm,
            perform=perform,
            refusals=operations.DrawRefused,
        )
