"""A journey's form, its confirmation, and its preview."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from loyalty.counter.finding import standing
from loyalty.counter.journey import digest_of
from loyalty.counter.journeys import JOURNEYS, REFUSALS, Ask, offered
from loyalty.counter.journeys.selling import SELL
from loyalty.counter.member_card import member_card
from loyalty.counter.operations import PinRefused, act, check_pin, earlier_action
from loyalty.counter.till import at_till, kept
from members.queries import LookupRefused, lookup
from members.references import MemberRef


@at_till
def member(request, number):
    """The member's card, ready to record a purchase."""
    return _journey(request, SELL, number)


@at_till
def of_member(request, number, code):
    return _journey(request, _known(code), number)


@at_till
def of_nobody(request, code):
    """A journey that begins without a member: a voucher of nobody, somebody new."""
    journey = _known(code)
    if journey.needs_member:
        raise Http404
    return _confirm(request, journey, None)


@at_till
@require_POST
def preview(request, number, code):
    """What the journey will come to, as a fragment under its form."""
    journey, found = _known(code), _standing(request.till, number)
    if found.kind != "member" or not journey.preview_template:
        raise Http404
    form = journey.form_class(request.POST, till=request.till, member=found.member)
    context = {"form": form}
    if form.is_valid():
        try:
            context["preview"] = journey.preview(_ask(request, journey, form, found.member))
        except REFUSALS as refusal:
            _refuse(form, refusal)
    return render(request, journey.preview_template, context)


def _known(code):
    if code not in JOURNEYS:
        raise Http404
    return JOURNEYS[code]


def _journey(request, journey, number):
    found = _standing(request.till, number)
    if found.kind != "member":
        return render(request, "counter/home.html", {"found": found, "failed": True})
    return _confirm(request, journey, found.member)


def _standing(till, number):
    try:
        return standing(till.program, lookup(MemberRef("number", number)))
    except LookupRefused as refusal:
        raise Http404 from refusal


def _confirm(request, journey, member):
    """Show the form; confirmed, act once and go to the receipt."""
    till = request.till
    filled = request.POST if request.method == "POST" else _kept(request)
    known = {name: value for name, value in request.GET.items() if name != "key"}  # a link may fill in what it knows
    form = journey.form_class(filled, till=till, member=member, initial=known)
    if request.method == "POST" and (acted := _act(request, journey, form, member)):
        again = "?again=changed" if acted.differs else "?again=same" if acted.replayed else ""
        return redirect(f"{reverse('counter:receipt', args=[acted.action.key])}{again}")
    context = {"journey": journey, "form": form, "failed": request.method == "POST"}
    context |= journey.context(till, member, till.now)
    if member:
        context["card"] = member_card(till, member)
        context["journeys"] = offered(till, member)
    return render(request, journey.template, context)


def _act(request, journey, form, member):
    """The action, of now or of the first time that this form was sent; nothing where the form has the refusal."""
    try:
        if earlier := _earlier(request, journey):
            return earlier
        if form.is_valid():
            supervisor = _supervisor(form)
            return act(journey=journey, ask=_ask(request, journey, form, member), supervisor=supervisor)
    except REFUSALS as refusal:
        _refuse(form, refusal)
    return None


def _earlier(request, journey):
    """Asked before the form is checked: what it used up the first time would be missing now."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    return earlier_action(till=request.till, key=key, digest=_digest(request, journey))


def _supervisor(form):
    supervisor = form.cleaned_data.get("supervisor")
    if supervisor:
        check_pin(user=supervisor, pin=form.cleaned_data["pin"])
    return supervisor


def _ask(request, journey, form, member):
    till = request.till
    return Ask(till, member, form.cleaned_data, form.cleaned_data["key"], till.now, _digest(request, journey))


def _digest(request, journey):
    return digest_of(journey.code, request.resolver_match.kwargs.get("number", ""), request.POST)


def _kept(request):
    """The form as it was filled in before the clerk had to sign in again."""
    if (data := kept(request)) is None:
        return None
    filled = request.GET.copy()
    filled.clear()
    for name, values in data.items():
        filled.setlist(name, values)
    return filled


def _refuse(form, refusal):
    """The sentence at the field that it is about."""
    field = getattr(refusal, "field", None)
    field = "pin" if isinstance(refusal, PinRefused) else field
    if isinstance(refusal, ValidationError):
        form.add_error(None, refusal)
    else:
        error = ValidationError(str(refusal), code=getattr(refusal, "code", ""))
        form.add_error(field if field in form.fields else None, error)
