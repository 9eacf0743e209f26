"""Partners in the admin."""

from loyalty.partners.admin import contracts, disputes, lines, partners, statements

__all__ = ["contracts", "disputes", "lines", "partners", "statements"]
