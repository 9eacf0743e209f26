"""Amounts of the till's program in the clerk's language."""

from django import template

from loyalty.counter import receipts
from loyalty.counter.member_card import amount_of
from loyalty.ledger.currencies import POINTS
from loyalty.lib.money import money_text

register = template.Library()


def _program(context):
    return context["request"].till.program


@register.simple_tag(takes_context=True)
def money(context, minor):
    return money_text(minor, _program(context).money_currency)


@register.simple_tag(takes_context=True)
def points(context, amount):
    return amount_of(amount, POINTS, _program(context))


@register.simple_tag(takes_context=True)
def earned(context, recorded):
    """What a preview's activity would give."""
    return receipts.earned(_program(context), recorded.granted, recorded.also)
