"""What an engineer reads: the guide, the schema, and a page on which every call can be tried."""

from django.conf import settings
from django.utils import translation
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from loyalty.api.operations import KEPT, OVERLAP
from loyalty.api.scopes import Scope
from loyalty.api.views import MOST_BYTES


class Schema(SpectacularAPIView):
    """Open to all: it says nothing about anybody."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []


class Try(SpectacularSwaggerSplitView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    template_name = "api/try.html"


class Guide(TemplateView):
    """In the reader's language, or in the one of `?lang=`."""

    def get(self, request, *args, **kwargs):
        wanted = request.GET.get("lang") or translation.get_language() or ""
        self.language = "fr" if wanted.startswith("fr") else "en"
        with translation.override(self.language):
            return super().get(request, *args, **kwargs).render()

    def get_template_names(self):
        return [f"api/guide_{self.language}.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            site=settings.SITE_URL,
            scopes=Scope.choices,
            per_minute=settings.API_REQUESTS_PER_MINUTE,
            kept_days=KEPT.days,
            overlap_days=OVERLAP.days,
            most_bytes=MOST_BYTES,
        )
