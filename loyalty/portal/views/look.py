"""The program's colours as a stylesheet, since no page may hold styles of its own; and the poster for the till."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from loyalty.lib.colours import ink_on
from loyalty.portal.views.base import ClubView
from members.qr import qr_svg


class Colours(ClubView):
    def get(self, request):
        program = self.program
        context = {
            "colour": program.colour,
            "ink": ink_on(program.colour),
            "accent": program.accent_colour,
            "accent_ink": ink_on(program.accent_colour),
        }
        sheet = render_to_string("portal/colours.css", context)
        return HttpResponse(sheet, content_type="text/css", headers={"Cache-Control": "public, max-age=86400"})


class Poster(ClubView):
    """For staff: a page to print and to put up at the till. It opens the sign-up on the phone of who scans it."""

    def refused(self):
        if not self.request.user.is_active:
            return redirect_to_login(self.request.path, reverse("admin:login"))
        if not self.request.user.is_staff or not self.request.user.has_perm("programs.view_program"):
            raise PermissionDenied
        return None

    def get(self, request):
        link = settings.SITE_URL.rstrip("/") + self.address("join")
        return self.page("poster", link=link, qr=qr_svg(link))
