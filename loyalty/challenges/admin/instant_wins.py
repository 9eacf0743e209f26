"""Instant wins with their chance and stock, and every play with what was drawn."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.challenges import operations, sentences
from loyalty.challenges.admin.base import AUDIENCE, CIRCUMSTANCES, NAMES, WHAT_COUNTS, WHEN, WHO, DefinitionAdmin
from loyalty.challenges.forms import InstantWinForm, PrizesForm
from loyalty.challenges.models import InstantPlay, InstantWin
from loyalty.lib.admin import ExportMixin, MemberSearchMixin, ViewOnlyAdmin, grouped
from loyalty.lib.saving import save_checked


@admin.register(InstantWin)
class InstantWinAdmin(DefinitionAdmin):
    form = InstantWinForm
    list_display = ["shown_name", "program", "shown_gift", "shown_chance", "shown_left", "is_active"]
    list_filter = ["program", "is_active"]
    autocomplete_fields = ["program", "reward"]
    actions_detail = ["change_stock"]
    readonly_fields = ["shown_left", "shown_plays"]
    fixed = ("chance_wins", "chance_of", "points", "reward")
    fieldsets = [
        (None, {"fields": NAMES}),
        (
            _("What can be won"),
            {"fields": ["points", "reward", "prize_en", "prize_fr", "chance_wins", "chance_of", "stock"]},
        ),
        (WHAT_COUNTS, {"fields": [*CIRCUMSTANCES, "plays_per_day"]}),
        (WHEN, {"fields": ["first_day", "last_day", "is_active"]}),
        (WHO, {"fields": AUDIENCE}),
        (_("Rules of the game"), {"fields": ["legal_en", "legal_fr"]}),
    ]
    shown_fieldsets = [(_("So far"), {"fields": ["shown_plays"]})]

    def is_fixed(self, game):
        """From the first play on the stated chance stands."""
        return game.plays.exists()

    def get_fieldsets(self, request, obj=None):
        """Of a game that exists the stock is changed by its own verb."""
        swap = {"stock": "shown_left"} if obj else {}
        return [
            (title, options | {"fields": [swap.get(name, name) for name in options["fields"]]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def save_model(self, request, obj, form, change):
        """Without the stock, which somebody may be winning at this moment."""
        if not change:
            save_checked(obj, by=request.user, at=timezone.now())
            return
        columns = [field.name for field in self.opts.concrete_fields if field.name not in ("id", "stock")]
        obj.save(update_fields=columns)

    @display(description=_("chance"))
    def shown_chance(self, game):
        return sentences.chance_text(game)

    @display(description=_("prizes left"))
    def shown_left(self, game):
        return _("without limit") if game.stock is None else grouped(game.stock)

    @display(description=_("plays and wins"))
    def shown_plays(self, game):
        return f"{grouped(game.plays.count())} · {grouped(game.plays.filter(is_won=True).count())}"

    @action(description=_("Change the stock"), url_path="stock", permissions=["change"], icon="inventory")
    def change_stock(self, request, object_id):
        def perform(game, data):
            operations.set_prizes_left(
                game=game, stock=data["stock"], seen=data["seen"], at=timezone.now(), by=request.user
            )
            return gettext("The stock was changed.")

        def form_class(data):
            stock = InstantWin.objects.filter(pk=object_id).values_list("stock", flat=True).first()
            return PrizesForm(data, initial={"stock": stock, "seen": stock})

        return self.act(
            request,
            object_id,
            title=_("Change the stock"),
            form_class=form_class,
            perform=perform,
            refusals=operations.StockChanged,
        )


@admin.register(InstantPlay)
class InstantPlayAdmin(MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["played_at", "member", "game", "shown_drawn", "is_won", "points"]
    list_filter = ["game__program", ("game", admin.RelatedFieldListFilter), "is_won"]
    list_select_related = ["member", "game"]
    search_help_text = _("Name, number, card, e-mail or phone of the member.")
    sortable_by = []
    readonly_fields = ["shown_drawn", "shown_chance"]
    fields = ["game", "member", "played_at", "shown_drawn", "shown_chance", "is_won", "points", "voucher"]
    fields += ["undone_at", "is_reward_kept"]
    export_fields = ["game__code", "member__number", "played_at", "drawn", "chance_wins", "chance_of", "is_won"]

    @display(description=_("number drawn"))
    def shown_drawn(self, play):
        return grouped(play.drawn)

    @display(description=_("chance"))
    def shown_chance(self, play):
        return sentences.chance_text(play)
