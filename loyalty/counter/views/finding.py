from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse

from loyalty.counter.finding import find
from loyalty.counter.till import at_till


@at_till
def home(request):
    """The one field, and what it found."""
    found = find(store=request.till.store, text=request.GET.get("q", ""))
    if found.kind == "member":
        return redirect("counter:member", found.member.number)
    if found.kind == "voucher":
        return redirect(f"{reverse('counter:do', args=['voucher'])}?code={found.code}")
    if found.kind == "receipt":
        refund = reverse("counter:of-member", args=[found.member.number, "refund"])
        return redirect(f"{refund}?{urlencode({'receipt': found.typed})}")
    return render(request, "counter/home.html", {"found": found, "failed": found.kind in ("unknown", "refused")})
