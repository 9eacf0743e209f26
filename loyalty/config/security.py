"""What the web server promises to browsers, and what it asks them to keep from its own pages."""

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.urls import reverse


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The site's policy, relaxed on the admin's pages alone.

    Unfold's Alpine.js evaluates the expressions in its attributes, and unfold writes its colours into a `<style>`.
    """

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(reverse("admin:index")):
            parts.update = {**(parts.update or {}), "script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}
        return parts


def permissions_policy_middleware(get_response):
    """No page uses the devices of whoever reads it; the counter's may ask for the camera, to read a card."""

    def middleware(request):
        response = get_response(request)
        camera = "self" if request.path_info.startswith(reverse("counter:home")) else ""
        response["Permissions-Policy"] = f"camera=({camera}), microphone=(), geolocation=()"
        return response

    return middleware
