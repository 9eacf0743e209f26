"""Paid membership: plans, subscriptions, their charges and the gateways that collect them."""
