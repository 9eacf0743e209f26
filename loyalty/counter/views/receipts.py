from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from loyalty.counter.journeys import JOURNEYS, REFUSALS
from loyalty.counter.models import CounterAction
from loyalty.counter.operations import undo
from loyalty.counter.operations.acting import undo_until
from loyalty.counter.receipts import balance_now, told
from loyalty.counter.till import at_till
from members.links import card_link, club_address
from members.models import Enrolment
from members.qr import qr_file


@at_till
def receipt(request, key):
    """What came of it, to print; and the way back while its time lasts."""
    till, action = request.till, _action(request.till, key)
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
        "club": club_address(action.program) if not action.undone_at and _enrolment(action) else "",
        "refusal": refusal,
        "again": request.GET.get("again"),
        "failed": refusal is not None,
        "succeeded": refusal is None,
    }
    return render(request, "counter/receipt.html", context)


@at_till
@require_safe
def card_qr(request, key):
    """The way to the member's card, behind a QR code: a picture of its own, since drawing it takes a while."""
    action = _action(request.till, key)
    if (enrolment := _enrolment(action)) is None:
        raise Http404
    picture = qr_file(card_link(enrolment=enrolment, at=action.at))
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


def _action(till, key) -> CounterAction:
    actions = CounterAction.objects.select_related("member", "clerk", "device", "store", "program")
    return get_object_or_404(actions, key=key, store=till.store)


def _enrolment(action: CounterAction) -> Enrolment | None:
    """Whose card the receipt opens; nobody's once the membership is over."""
    enrolments = Enrolment.objects.filter(program=action.program, status=Enrolment.Status.ACTIVE)
    return enrolments.select_related("program").filter(member=action.member_id).first()
