"""What other rooms and staff do with messages. Sending is never part of a transaction; all else is one."""

from campaigns.operations.delivering import Delivered, close_interrupted, deliver, send_waiting
from campaigns.operations.notifying import notify
from campaigns.operations.queueing import queue_expiring, queue_welcomes
from campaigns.operations.segmenting import note_placed, place_members, set_segment
from campaigns.operations.staff import CannotSend, requeue, send_test
from campaigns.operations.stopping import resubscribe, unsubscribe

__all__ = [
    "CannotSend",
    "Delivered",
    "close_interrupted",
    "deliver",
    "note_placed",
    "notify",
    "place_members",
    "queue_expiring",
    "queue_welcomes",
    "requeue",
    "resubscribe",
    "send_test",
    "send_waiting",
    "set_segment",
    "unsubscribe",
]
