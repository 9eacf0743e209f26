from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite


class BackOffice(UnfoldAdminSite):
    """The admin's one site: Unfold's, less what no page of ours shows."""

    def get_app_list(self, request, app_label=None):
        """Worked out when it is looked at: the tables and rights of every app cost a third of a page, and what stands
        beside it is the navigation."""
        return SimpleLazyObject(lambda: super(BackOffice, self).get_app_list(request, app_label))
