"""Codes of this room as staff read them."""

from django.utils.translation import gettext_lazy as _

from loyalty.lib import outbound

REASONS = outbound.REASONS | {
    "member_unknown": _("Nobody is known by this name here: it waits until somebody is."),
    "member_ambiguous": _("It fits more than one member."),
    "not_enrolled": _("The member is not enrolled in the program."),
    "purchase_unknown": _("The purchase that is refunded has not come in."),
    "not_a_member": _("Of somebody who is no member."),
    "test_order": _("A test order."),
    "not_paid": _("Not paid."),
    "nothing_refunded": _("No money went back."),
    "cart_ordered": _("The cart was ordered, or is empty."),
    "topic_not_followed": _("About something that is not followed here."),
    "passed_by_staff": _("Passed over by staff."),
    "changed_since": _("Recorded before; it changed since, which changes nothing."),
    "missing": _("Something that is needed is missing in the message."),
    "amount_has_fractions": _("An amount has more decimals than its currency."),
    "not_a_moment": _("A date cannot be read."),
    "not_a_number": _("A number cannot be read."),
    "not_a_whole_number": _("A quantity is no whole number."),
    "not_json": _("The message is no JSON."),
    "not_an_object": _("The message is no JSON object."),
    "person_invalid": _("The person’s data are not valid."),
    "busy": _("The other system cannot answer now."),
    "internal_error": _("An error of ours; the log has it."),
    "database_busy": _("The database was busy."),
}


def reason(code: str, detail: str = "") -> str:
    """The sentence, with the place or the words that belong to it; a vendor's code as it is."""
    if not code:
        return ""
    known = REASONS.get(code)
    if known is None:
        return detail or code
    return f"{known} ({detail})" if detail else str(known)
