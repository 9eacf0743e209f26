"""Where other systems send. The signature says who speaks: no session, no cookie, no word about what was wrong."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from loyalty.connectors import catalogue, operations
from loyalty.connectors.models import Connection


@csrf_exempt
@require_POST
def receive(request, address):
    """Stored and acknowledged; worked off afterwards, so that the vendor's short patience does not matter."""
    connection = Connection.objects.filter(address=address, is_active=True).first()
    if connection is None:
        return HttpResponse(status=404)
    try:
        if _is_greeting(request):
            return HttpResponse(status=200)
        operations.receive(connection=connection, body=request.body, headers=request.headers, at=timezone.now())
    except (operations.NotAccepted, RequestDataTooBig):
        return HttpResponse(status=400)
    return JsonResponse(getattr(catalogue.find(connection.connector), "REPLY", {}))


def _is_greeting(request):
    """WooCommerce tries an address out, when it is saved, with the webhook's number as a form."""
    return request.content_type == "application/x-www-form-urlencoded" and request.body.startswith(b"webhook_id=")
