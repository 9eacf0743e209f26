from django.shortcuts import get_object_or_404, redirect, render

from loyalty.counter.journeys import JOURNEYS, REFUSALS
from loyalty.counter.models import CounterAction
from loyalty.counter.operations import undo
from loyalty.counter.operations.acting import undo_until
from loyalty.counter.receipts import balance_now, told
from loyalty.counter.till import at_till


@at_till
def receipt(request, key):
    """What came of it, to print; and the way back while its time lasts."""
    till = request.till
    actions = CounterAction.objects.select_related("member", "clerk", "device", "store", "program")
    action = get_object_or_404(actions, key=key, store=till.store)
    journey, refusal = JOURNEYS[action.journey], None
    if request.method == "POST":
        try:
            undo(journey=journey, action=action, at=till.now, by=till.user)
            return redirect("counter:receipt", key)
        except REFUSALS as refused:
            refusal = refused
    ends_at = undo_until(action, till.limits)
    context = {
        "action": action,
        "journey": journey,
        "told": told(action),
        "balances": balance_now(action, till.now),
        "undo_until": ends_at if journey.can_be_undone and not action.undone_at and till.now <= ends_at else None,
        "refusal": refusal,
        "again": request.GET.get("again"),
        "failed": refusal is not None,
        "succeeded": refusal is None,
    }
    return render(request, "counter/receipt.html", context)
