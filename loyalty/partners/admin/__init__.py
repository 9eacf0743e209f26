"""Partners in the admin."""

from loyalty.partners.admin import contracts, lines, partners, statements

__all__ = ["contracts", "lines", "partners", "statements"]
