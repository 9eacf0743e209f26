"""What one does before a card is open: become a member, sign in, prove an address by the code that was sent there.

A stranger must not learn who is a member: sign-up and sign-in answer the same for every address, and what a member
would have to know stands in the message to that address alone.
"""

from ipaddress import ip_address, ip_network

from axes.helpers import get_client_ip_address
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from loyalty.lib.periods import local_date
from loyalty.portal import forms, operations, sessions, tasks, tickets
from loyalty.portal.operations import Draft
from loyalty.portal.people import enrolled
from loyalty.portal.tickets import Ticket
from loyalty.portal.views.base import NEXT, ClubView
from loyalty.referrals.models import ReferralCode
from members.links import linked_enrolment
from members.operations import EnrolmentRefused


def visitor_of(request) -> str:
    """Who asks, for counting: an IPv6 address stands for its whole network, which is one customer's."""
    text = get_client_ip_address(request) or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else text


class AddressView(ClubView):
    """A first step: an address is typed, a code is sent there, whoever it belongs to."""

    def send_code(self, ticket, form=None):
        """The page that asks for the code, or the form again where too many were asked for."""
        try:
            code = operations.ask_code(
                program=self.program,
                address=ticket.address,
                intent=ticket.intent,
                visitor=visitor_of(self.request),
                language=ticket.draft.language if ticket.draft else self.language,
                at=self.now,
                deliver=tasks.send_code.delay,
            )
        except operations.TooOften as refusal:
            return self.too_often(refusal, ticket, form)
        sent = Ticket(self.program.pk, code.pk, ticket.address, ticket.next, ticket.draft)
        return self.page("code", ticket=sent, form=forms.CodeForm(program=self.program))

    def too_often(self, refusal, ticket, form):
        form.add_error(None, str(refusal))
        return self.form_page(form, status=429)


class Join(AddressView):
    """The sign-up. `?r=` is the code of a friend, as links and QR codes carry it."""

    is_listed = True

    def get(self, request):
        if self.visit:
            return self.go("home")
        initial = {"referral": request.GET.get("r", "")[:40]}
        return self.form_page(forms.JoinForm(program=self.program, initial=initial))

    def post(self, request):
        form = forms.JoinForm(request.POST, program=self.program)
        if not form.is_valid():
            return self.form_page(form, status=422)
        data = form.cleaned_data
        draft = Draft(
            first_name=data["first_name"],
            last_name=data["last_name"],
            birth_date=data["birth_date"].isoformat() if data["birth_date"] else "",
            language=data["language"],
            consents=form.consents,
            referral=data["referral"],
        )
        return self.send_code(Ticket(self.program.pk, 0, data["address"], draft=draft), form)

    def form_page(self, form, status=200):
        is_open = self.program.earns_on(local_date(self.now, self.program.tzinfo))
        return self.page("join", status=status, form=form, is_open=is_open)


class SignIn(AddressView):
    """By the same e-mail or phone number each time, and a code that is sent there. There is no password to lose."""

    def get(self, request):
        if self.visit and self.visit.is_proved:
            return self.go("home")
        return self.form_page(forms.SignInForm(program=self.program))

    def post(self, request):
        form = forms.SignInForm(request.POST, program=self.program)
        if not form.is_valid():
            return self.form_page(form, status=422)
        following = self.own_address(request.POST.get(NEXT, ""))
        return self.send_code(Ticket(self.program.pk, 0, form.cleaned_data["address"], following), form)

    def form_page(self, form, status=200):
        asked = self.request.POST.get(NEXT) or self.request.GET.get(NEXT, "")
        return self.page("sign_in", status=status, form=form, next=self.own_address(asked))


class EnterCode(AddressView):
    """The second step of both."""

    def get(self, request):
        return self.go("sign-in")

    def post(self, request):
        try:
            ticket = tickets.read(request.POST.get("ticket", ""), program_id=self.program.pk)
        except tickets.TicketOver:
            return self.go("sign-in")
        if "again" in request.POST:
            return self.send_code(ticket)
        form = forms.CodeForm(request.POST, program=self.program)
        if form.is_valid():
            try:
                operations.enter_code(code_id=ticket.code_id, digits=form.cleaned_data["digits"], at=self.now)
                return self.come_in(ticket)
            except (operations.CodeRefused, EnrolmentRefused) as refusal:
                form.add_error(None, str(refusal))
        return self.page("code", status=422, ticket=ticket, form=form)

    def come_in(self, ticket):
        following = ticket.next or self.address("home")
        if ticket.draft:
            enrolment, is_new = operations.join(
                program=self.program, address=ticket.address, draft=ticket.draft, at=self.now
            )
            following = f"{following}?{'welcome' if is_new else 'known'}"
        else:
            enrolment = enrolled(program=self.program, address=ticket.address)
        if enrolment is None:  # left, or was blocked, in the ten minutes between
            raise operations.CodeRefused
        return sessions.begin(self.request, redirect(following), enrolment=enrolment, proved=True, at=self.now)

    def too_often(self, refusal, ticket, form):
        form = forms.CodeForm({}, program=self.program)
        form.errors.clear()
        form.add_error(None, str(refusal))
        return self.page("code", status=429, ticket=ticket, form=form)


class SignOut(ClubView):
    def get(self, request):
        return self.go("home")

    def post(self, request):
        return sessions.end(request, self.go("home"), program=self.program)


class CardLink(ClubView):
    """The end of a link or a QR code. It opens the card, and proves nothing."""

    def get(self, request, token):
        enrolment = linked_enrolment(token, program=self.program, at=self.now)
        if enrolment is None:
            return self.page("link_over", status=404)
        if self.visit and self.visit.enrolment.pk == enrolment.pk:
            return self.go("home")
        return sessions.begin(request, self.go("home"), enrolment=enrolment, proved=False, at=self.now)


@require_safe
def friends_link(request, code):
    """`/r/CODE`, which members pass on: the sign-up of the program whose code it is."""
    rows = ReferralCode.objects.filter(code=code.upper()).select_related("program").order_by("-pk")
    found = rows.first()
    if found is None:
        raise Http404
    return redirect(f"/club/{found.program.code}/join/?r={found.code}")
