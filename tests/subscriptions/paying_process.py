"""A worker that renews a subscription on the database of the environment, and may be killed while it does.

    python -m tests.subscriptions.paying_process SUBSCRIPTION MOMENT [asked|charged]

The process kills itself with SIGKILL: when the attempt is written and nobody was asked yet, or when the provider has
taken the money and nothing of it is recorded.
"""

import os
import signal
import sys
from datetime import datetime

import django


def main(subscription_id, moment, when=""):
    os.environ["DJANGO_SETTINGS_MODULE"] = "loyalty.config.settings"
    django.setup()
    from loyalty.subscriptions import operations
    from loyalty.subscriptions.gateways import fake
    from loyalty.subscriptions.models import Subscription

    collect = fake.collect

    def die(ask):
        if when == "charged":
            collect(ask)
        os.kill(os.getpid(), signal.SIGKILL)

    if when:
        fake.collect = die
    subscription = Subscription.objects.get(pk=subscription_id)
    operations.renew(subscription=subscription, at=datetime.fromisoformat(moment))


if __name__ == "__main__":
    main(*sys.argv[1:])
