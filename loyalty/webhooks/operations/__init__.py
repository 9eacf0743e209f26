"""What is done with webhooks: endpoints are made, changed and given new secrets; events fanned out and delivered."""

from .delivering import deliver, forget_settled, send_again, send_test
from .endpoints import add_endpoint, change_endpoint, rotate_secret
from .errors import WebhookRefused
from .fanning_out import fan_out

__all__ = [
    "WebhookRefused",
    "add_endpoint",
    "change_endpoint",
    "deliver",
    "fan_out",
    "forget_settled",
    "rotate_secret",
    "send_again",
    "send_test",
]
