"""The managers' inbox: what tills had kept and could not be recorded."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from loyalty.counter.conflicts import shown
from loyalty.counter.errors import CounterRefused
from loyalty.counter.finding import named
from loyalty.counter.models import Conflict
from loyalty.counter.operations import set_aside
from loyalty.counter.queries import open_conflicts
from loyalty.counter.till import at_till, fill_in

LATEST = 20


@at_till
def conflicts(request):
    """Those that are open in the manager's stores, and what was decided last."""
    return _inbox(request)


@at_till
@require_POST
def conflict(request, pk):
    """Open the journey as it was filled in, for the member that the manager names; or set it aside."""
    if not request.till.supervises:
        return _inbox(request)
    mine = Conflict.objects.select_related("store", "member")
    decided = get_object_or_404(mine, pk=pk, store__in=request.till.user.stores.all())
    return _set_aside(request, decided) if "aside" in request.POST else _open_filled(request, decided)


def _set_aside(request, conflict):
    try:
        note = request.POST.get("note", "")
        set_aside(conflict=conflict, note=note, at=request.till.now, by=request.till.user)
    except CounterRefused as refusal:
        return _inbox(request, conflict, str(refusal))
    return redirect("counter:conflicts")


def _open_filled(request, conflict):
    """The form keeps its key, so that recording it settles the conflict."""
    found = named(store=request.till.store, text=request.POST.get("whom", ""))
    if conflict.store_id != request.till.store.pk or found.kind != "member":
        return _inbox(request, conflict, found.sentence)
    path = reverse("counter:of-member", args=[found.member.number, conflict.journey])
    fill_in(request, path=path, fields=conflict.typed["fields"] | {"key": [str(conflict.key)]})
    return redirect(path)


def _inbox(request, refused=None, refusal=""):
    till = request.till
    if not till.supervises:
        return render(request, "counter/not_for_you.html", status=403)
    with_names = ("store", "device", "clerk", "sent_by", "member", "program", "decided_by")
    waiting = list(open_conflicts(till.user).select_related(*with_names))
    decided = Conflict.objects.filter(store__in=till.user.stores.all()).exclude(state=Conflict.State.OPEN)
    context = {
        "open": [shown(each, here=till.store) for each in waiting],
        "decided": decided.select_related(*with_names).order_by("-decided_at")[:LATEST],
        "refused": refused,
        "refusal": refusal,
        "decided_meanwhile": refused is not None and refused not in waiting,
        "failed": bool(refusal),
    }
    return render(request, "counter/conflicts.html", context)
