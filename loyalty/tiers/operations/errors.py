from django.core.exceptions import ValidationError


class TierRefused(ValidationError):
    """What was asked of the tiers makes no sense; the messages stand at their fields."""
