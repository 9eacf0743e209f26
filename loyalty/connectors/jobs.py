from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import Beat

EVERY = timedelta(minutes=1)


def register() -> None:
    registry.schedule(
        Beat(
            name="connectors.look_again",
            title=_("Look again at what connected systems sent"),
            task="connectors.look_again",
            every=EVERY,
        )
    )
    registry.schedule(
        Beat(
            name="connectors.send_codes",
            title=_("Give vouchers to connected shops"),
            task="connectors.send_codes",
            every=EVERY,
        )
    )
