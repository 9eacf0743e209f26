"""The clock on the admin's wall: moments are shown, and typed, in the time zone that the programs share.

Programs in different zones share none; then the admin keeps to the settings' own. Pages about one program
(a balance, a member) set that program's zone themselves.
"""

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from loyalty.programs.models import Program

KEPT_SECONDS = 60


def shared_zone():
    """The name of the zone of all programs; empty where there is no such zone."""
    zones = list(Program.objects.order_by().values_list("time_zone", flat=True).distinct()[:2])
    return zones[0] if len(zones) == 1 else ""


class AdminClockMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(reverse("admin:index")):
            return self.get_response(request)
        zone = cache.get_or_set("admin-time-zone", shared_zone, KEPT_SECONDS)
        with timezone.override(zone or timezone.get_default_timezone()):
            return self.get_response(request)
