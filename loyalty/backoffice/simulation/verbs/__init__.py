"""What members do in a story, each through the operation that every door uses: `VERBS[event.do](stage, event, at)`."""

from collections.abc import Callable
from datetime import datetime

from loyalty.backoffice.simulation.story import Event
from loyalty.backoffice.simulation.verbs import buying, correcting, joining
from loyalty.backoffice.simulation.verbs.joining import code_refused
from loyalty.backoffice.simulation.verbs.stage import Stage

__all__ = ["VERBS", "Stage", "code_refused"]

VERBS: dict[str, Callable[[Stage, Event, datetime], None]] = {
    "enrol": joining.enrol,
    "register_card": joining.register_card,
    "consent": joining.consent,
    "subscribe": joining.subscribe,
    "cancel": joining.cancel,
    "charge_result": joining.charge_result,
    "activity": buying.activity,
    "refund": buying.refund,
    "redeem": buying.redeem,
    "use_voucher": buying.use_voucher,
    "release": buying.release,
    "enter_code": correcting.enter_code,
    "adjust": correcting.adjust,
    "transfer": correcting.transfer,
    "merge": correcting.merge,
}
