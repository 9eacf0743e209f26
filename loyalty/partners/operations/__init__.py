"""What can be done with partners."""

from .errors import PartnersError
from .partners import change_partner, create_partner, link_member

__all__ = ["PartnersError", "change_partner", "create_partner", "link_member"]
