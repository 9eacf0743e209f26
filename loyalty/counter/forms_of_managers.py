"""The limits as a manager fills them in: money with decimals."""

from django.utils.translation import gettext_lazy as _

from loyalty.counter.models import CounterLimits
from loyalty.lib.forms import ProgramRowForm, money_field


class LimitsForm(ProgramRowForm):
    money = ("largest_sale",)
    largest_sale = money_field(
        _("Largest sale without a supervisor"), required=False, help_text=_("In the program’s money; empty: no limit.")
    )

    class Meta:
        model = CounterLimits
        fields = ["program", "store", "largest_sale", "points_per_day", "stamps_per_day"]
        fields += ["undo_seconds", "idle_seconds"]
