from loyalty.lib import request_ids


class RequestIdMiddleware:
    """`X-Request-Id` in every answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        name = request_ids.begin(request.headers.get("X-Request-Id", ""))
        response = self.get_response(request)
        response["X-Request-Id"] = name
        return response
