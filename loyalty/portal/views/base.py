"""What every page of a program's club has in common: the program, the visitor, the language, the headers."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views import View

from loyalty.portal import sessions
from loyalty.programs.models import Program

NEXT = "next"


class ClubView(View):
    """`visit` is whose card is open in this browser, None for a stranger. No page is to be kept by anybody else."""

    is_listed = False  # by search engines

    def dispatch(self, request, *args, program, **kwargs):
        self.program = Program.objects.filter(code=program).first()
        if self.program is None:
            raise Http404
        self.now = timezone.now()
        self.visit = sessions.visit_of(request, program=self.program, at=self.now)
        self.language = self.member.language if self.visit else translation.get_language()
        with translation.override(self.language):
            response = self.refused() or super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return self._with_headers(response)

    def refused(self):
        """A response instead of the page, for who may not see it."""
        return

    @property
    def enrolment(self):
        return self.visit.enrolment

    @property
    def member(self):
        return self.visit.enrolment.member

    def page(self, template, status=200, **context):
        context |= {"program": self.program, "visit": self.visit, "language": self.language}
        return render(self.request, f"portal/{template}.html", context, status=status)

    def go(self, name, *args, **query):
        address = self.address(name, *args)
        if query:
            parts = QueryDict(mutable=True)
            parts.update(query)
            address = f"{address}?{parts.urlencode(safe='/')}"
        return redirect(address)

    def address(self, name, *args):
        return reverse(f"portal:{name}", args=[self.program.code, *args])

    def found(self, row):
        """The row; another member's, and one that is not there, are the same 404."""
        if row is None:
            raise Http404
        return row

    def row_or_404(self, rows, *, pk):
        return self.found(rows.filter(pk=pk).first())

    def own_address(self, text):
        """The address of a page of this club that somebody wants to go on to, or nothing."""
        home = self.address("home")
        return text if text.startswith(home) and "//" not in text and "\\" not in text else ""

    def _with_headers(self, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Language", self.language)
        response.headers["Referrer-Policy"] = "same-origin"
        if not self.is_listed:
            response.headers["X-Robots-Tag"] = "noindex"
        return response


class MemberView(ClubView):
    """For whose card is open here; others are asked to sign in and come back."""

    def refused(self):
        return None if self.visit else self.ask_to_sign_in()

    def ask_to_sign_in(self):
        """After a form whose time was over, the page with the form; what was typed is not carried through."""
        wanted = self.request.path if self.request.method in ("GET", "HEAD") else self.back_to()
        return self.go("sign-in", **{NEXT: wanted})

    def back_to(self):
        return self.address("home")


class ProvedView(MemberView):
    """For who has proved the address a moment ago: what is done here cannot be undone, or shows what is worth money."""

    def refused(self):
        return super().refused() or (None if self.visit.is_proved else self.ask_to_sign_in())
