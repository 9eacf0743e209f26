from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination

from loyalty.api.problems import Refusal


class Pages(CursorPagination):
    """By cursor: what is added or removed meanwhile neither doubles nor skips a row. `limit` is at most 200."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-pk"

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, DjangoValidationError, ValueError, OverflowError) as error:
            raise Refusal(_("No such cursor: take it from `next`."), "cursor_invalid", "cursor") from error
