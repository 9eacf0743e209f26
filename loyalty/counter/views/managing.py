"""For the store's managers: what to look at, and the tills."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from loyalty.counter import anomalies
from loyalty.counter.models import CounterAction, Device
from loyalty.counter.operations import rename_device, revoke_device
from loyalty.counter.receipts import told
from loyalty.counter.till import at_till
from loyalty.lib.periods import local_date

DAYS = 30
LATEST = 30


@at_till
def manage(request):
    till = request.till
    if not till.supervises:
        return render(request, "counter/not_for_you.html", status=403)
    refusal = _change_device(request) if request.method == "POST" else ""
    if request.method == "POST" and not refusal:
        return redirect("counter:manage")
    since = local_date(till.now, till.store.tzinfo) - timedelta(days=DAYS)
    latest = CounterAction.objects.filter(store=till.store).select_related("member", "clerk", "device", "program")
    context = {
        "devices": Device.objects.filter(store=till.store, revoked_at=None),
        "by_hand": anomalies.many_by_hand(store=till.store, since=since),
        "often": anomalies.often_served(store=till.store, since=since),
        "taken_back": anomalies.refunded_after_redeeming(store=till.store, since=since),
        "latest": [{"action": each, "title": told(each).title} for each in latest.order_by("-at")[:LATEST]],
        "days": DAYS,
        "refusal": refusal,
    }
    return render(request, "counter/manage.html", context)


def _change_device(request):
    """Why it was not changed; nothing where it was."""
    device = get_object_or_404(Device, pk=request.POST.get("device"), store=request.till.store, revoked_at=None)
    if "revoke" in request.POST:
        revoke_device(device=device, at=request.till.now, by=request.till.user)
        return ""
    try:
        rename_device(device=device, name=request.POST.get("name", ""))
    except ValidationError:
        return _("A till needs a name of at most 60 characters.")
    return ""
