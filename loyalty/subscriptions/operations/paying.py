from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.programs.models import Store
from loyalty.subscriptions.models import Attempt, Charge
from loyalty.subscriptions.operations.charging import is_awaited, take
from loyalty.subscriptions.operations.errors import SubscriptionRefused
from loyalty.subscriptions.operations.saving import held_live

TILL = "manual"


@transaction.atomic
def take_payment(*, charge: Charge, at: datetime, by=None, store: Store | None = None) -> Charge:
    """The member paid this charge at the till. Twice is refused."""
    subscription = held_live(charge.subscription_id)
    charge = Charge.objects.select_related("plan", "program", "credits").get(pk=charge.pk)
    if charge.is_paid:
        raise SubscriptionRefused(_("This charge has been paid already."), "already_paid")
    if not is_awaited(subscription, charge):
        raise SubscriptionRefused(_("The subscription no longer waits for this payment."), "not_awaited")
    open_ = charge.tries.filter(state__in=[Attempt.State.ASKED, Attempt.State.PENDING])
    if subscription.gateway != TILL and open_.exists():
        raise SubscriptionRefused(
            _("The payment provider has not answered yet, and may still collect this charge: wait for its answer."),
            "answer_missing",
        )
    if store is not None and store.program_id != charge.program_id:
        raise SubscriptionRefused(_("This store belongs to another program."), "store_foreign")
    take(charge, subscription=subscription, through=TILL, at=at, by=by, store=store)
    return charge
