"""Everything under /api/: version 1, the schema, its pages; whatever else is asked for is told so as a problem."""

from django.http import HttpResponsePermanentRedirect
from django.urls import Resolver404, include, path, re_path, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from loyalty.api import pages, problems

app_name = "api"


@csrf_exempt
def elsewhere(request, *args, **kwargs):
    """With or without a slash at the end, whichever there is; 308 keeps the method and the body."""
    other = request.path[:-1] if request.path.endswith("/") else request.path + "/"
    try:
        is_known = resolve(other).func is not elsewhere
    except Resolver404:
        is_known = False
    if not is_known:
        return problems.not_found(request)
    query = request.META.get("QUERY_STRING", "")
    redirect = HttpResponsePermanentRedirect(f"{other}?{query}" if query else other)
    redirect.status_code = 308
    return redirect


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api:docs")),
    path("v1/", include("loyalty.api.v1.urls")),
    path("schema/", pages.Schema.as_view(), name="schema"),
    path("docs/", pages.Guide.as_view(), name="docs"),
    path("docs/try/", pages.Try.as_view(url_name="api:schema"), name="try"),
    re_path(r"^", elsewhere),
]
