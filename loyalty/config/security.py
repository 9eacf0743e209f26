"""What the web server promises to browsers, and what it believes of a proxy in front of it."""

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
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


def client_address(request):
    """Who signs in, for counting failures: behind a trusted proxy the last address that the proxy appended."""
    if settings.TRUSTED_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR")  # none in a test that signs in without a request
