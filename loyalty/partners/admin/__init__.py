"""Partners in the admin."""

from loyalty.partners.admin import partners

__all__ = ["partners"]
