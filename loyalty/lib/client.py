"""Who is at the other end of a request."""

from django.conf import settings


def client_address(request):
    """The caller's address: behind a trusted proxy the last one that the proxy appended."""
    if settings.TRUSTED_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR")  # none in a test that signs in without a request
