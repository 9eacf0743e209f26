"""Where payment providers tell what became of a payment. The signature is what says who speaks: there is no session,
no cookie, and no word about what was wrong with a notice that is refused."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from loyalty.subscriptions import gateways, operations


@csrf_exempt
@require_POST
def notice(request, gateway):
    if gateway not in dict(gateways.choices()):
        return HttpResponse(status=404)
    try:
        operations.record_gateway_notice(gateway=gateway, body=request.body, headers=request.headers, at=timezone.now())
    except (operations.NoticeRefused, RequestDataTooBig):
        return HttpResponse(status=400)
    except operations.GatewayUnavailable:
        return HttpResponse(status=503)  # the provider delivers it again
    return HttpResponse(status=204)
