"""The page behind “Unsubscribe” in an e-mail. Nobody signs in here: the token in the address says who reads.

A GET changes nothing, because mail scanners and previews follow every link. A POST does what RFC 8058 asks for: it
comes from the reader's mail program, without cookies, so there is no CSRF token to check; the signed address is what
others cannot know.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from campaigns import operations, unsubscribing
from campaigns.operations.stopping import can_resubscribe
from loyalty.programs.models import Program
from members.models import Consent, Member
from members.queries import has_consent


@method_decorator(csrf_exempt, name="dispatch")
class ReaderView(View):
    """Finds out who reads; an address that was cut or made up gets a page that says so."""

    def dispatch(self, request, *args, token, **kwargs):
        self.token = token
        try:
            self.reader = unsubscribing.read(token)
        except unsubscribing.InvalidToken:
            return self._page("invalid", translation.get_language(), status=404)
        self.member = Member.objects.exclude(status=Member.Status.ERASED).filter(pk=self.reader.member_id).first()
        self.program = Program.objects.filter(pk=self.reader.program_id).first()
        if self.member is None or self.program is None:
            return self._page("invalid", translation.get_language(), status=404)
        return super().dispatch(request, *args, **kwargs)

    def page(self, state):
        return self._page(state, self.member.language, can_undo=can_resubscribe(self.reader))

    def _page(self, state, language, status=200, **context):
        program = getattr(self, "program", None)
        context |= {"state": state, "token": self.token, "program": program, "language": language}
        with translation.override(language):
            html = render_to_string("campaigns/unsubscribe.html", context, self.request)
        headers = {
            "Content-Language": language,
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
        }
        return HttpResponse(html, status=status, headers=headers)


class Unsubscribe(ReaderView):
    def get(self, request):
        return self.page("ask" if has_consent(self.member.pk, Consent.Channel.EMAIL) else "done")

    def post(self, request):
        operations.unsubscribe(reader=self.reader, at=timezone.now())
        return self.page("done")


class Undo(ReaderView):
    def get(self, request):
        return redirect("campaigns:unsubscribe", token=self.token)

    def post(self, request):
        undone = operations.resubscribe(reader=self.reader, at=timezone.now())
        return self.page("undone" if undone else "done")
