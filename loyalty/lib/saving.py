"""Saving a row by hand: checked as a form would, under the actor's name in the history."""

from django.db import IntegrityError, transaction


def save_checked(row, *, by, at, reason=""):
    """Save, or raise a `ValidationError` whose messages stand at their fields.

    Somebody may take a unique value between the check and the save: the check is then made again, for its message.
    """
    row.full_clean()
    try:
        with transaction.atomic():
            save_as(row, by=by, at=at, reason=reason)
    except IntegrityError:
        row.full_clean()
        raise
    return row


def save_as(row, *, by, at, reason=""):
    """Save under the actor's name in the history, unchecked: for what was checked when it was written first."""
    row._history_user, row._history_date, row._change_reason = by, at, reason[:100] or None
    row.save()
    return row
