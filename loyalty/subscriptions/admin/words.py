"""Colours of states, and pages without what says nothing."""

STATE_COLOURS = {
    "trialing": "info",
    "active": "success",
    "past_due": "warning",
    "paused": "",
    "cancelled": "",
    "expired": "danger",
}
CHARGE_COLOURS = {"pending": "warning", "paid": "success", "failed": "danger", "refunded": ""}


def without_empty(fieldsets, row):
    """The sections of a page to be read, without the columns and the sections that hold nothing."""
    kept = []
    for title, options in fieldsets:
        fields = [name for name in options["fields"] if getattr(row, name, True) not in (None, "", 0)]
        if fields:
            kept.append((title, options | {"fields": fields}))
    return kept
