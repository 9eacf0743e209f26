from django.shortcuts import redirect, render
from django.urls import reverse

from loyalty.counter.finding import find
from loyalty.counter.till import at_till


@at_till
def home(request):
    """The one field, and what it found."""
    found = find(program=request.till.program, text=request.GET.get("q", ""), at=request.till.now)
    if found.kind == "member":
        return redirect("counter:member", found.member.number)
    if found.kind == "voucher":
        return redirect(f"{reverse('counter:do', args=['voucher'])}?code={found.code}")
    return render(request, "counter/home.html", {"found": found, "failed": found.kind in ("unknown", "refused")})
