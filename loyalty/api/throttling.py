"""How often a key may call: so many requests in each minute of the clock. Without Redis each process counts alone."""

import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

WINDOW = 60


class KeyThrottle(BaseThrottle):
    def allow_request(self, request, view):
        limit = settings.API_REQUESTS_PER_MINUTE
        now = time.time()
        self.seconds_left = WINDOW - int(now) % WINDOW
        count = _count(f"api-rate:{request.auth.pk}:{int(now) // WINDOW}")
        request.rate = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(limit - count, 0)),
            "RateLimit-Reset": str(self.seconds_left),
        }
        return count <= limit

    def wait(self):
        return self.seconds_left


def _count(name):
    try:
        return cache.incr(name)
    except ValueError:  # the first of its minute, unless another one was faster
        return 1 if cache.add(name, 1, timeout=2 * WINDOW) else cache.incr(name)
