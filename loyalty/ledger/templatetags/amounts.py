"""Amounts of an account in templates: `{{ entry.points|of:account }}` is a count, or money where it is cash-back."""

from django import template

register = template.Library()


@register.filter
def of(amount, account):
    return account.text(amount)


@register.filter
def moved(amount, account):
    """The same of a movement, with its sign."""
    return account.text(amount, signed=True)
