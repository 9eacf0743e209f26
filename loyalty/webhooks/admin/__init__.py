"""Endpoints with their secrets, test and examples; deliveries with their dead letters."""

from . import deliveries, endpoints

__all__ = ["deliveries", "endpoints"]
