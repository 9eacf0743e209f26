from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from rewards.models import Offer


@transaction.atomic
def set_offer(*, program: Program, code: str, at: datetime, by=None, **terms: Any) -> Offer:
    """The offer of that code as it is from now on; `terms` are fields of `Offer`, others go back to their defaults.

    Raises Django's `ValidationError` with a message at each field that makes no sense.
    """
    known = Offer.objects.filter(program=program, code=code).first()
    offer = Offer(pk=known.pk if known else None, program=program, code=code, **terms)
    offer._state.adding = known is None
    return save_checked(offer, by=by, at=at)
