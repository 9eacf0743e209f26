"""Addresses of the whole site. A room brings its own `urls.py`; here they only get their place."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve

handler400 = "loyalty.api.problems.bad_request"


def media(request, path):
    """A logo, uploaded by staff: few and small, so that no second web server is needed for them."""
    return serve(request, path, document_root=settings.MEDIA_ROOT)


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/", include("loyalty.api.urls")),
    path("counter/", include("loyalty.counter.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("emails/", include("campaigns.urls")),
    path("", include("loyalty.portal.urls")),
    path("connect/", include("loyalty.connectors.urls")),
    path("payments/", include("loyalty.subscriptions.urls")),
    path("media/<path:path>", media),
]
