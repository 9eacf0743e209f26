"""Who works here: users and their roles. Nobody below a superuser can make one, change one or grant single rights."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.forms import ModelMultipleChoiceField
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from loyalty.lib.admin import ModelAdmin, NoDeleteMixin

PLAIN_RIGHTS = {"add": _("Add"), "change": _("Change"), "delete": _("Delete"), "view": _("View")}

admin.site.unregister([User, Group])
# Lists, filters, headings and the search for a role all show this, and none of them can be told otherwise.
Group.__str__ = lambda group: capfirst(gettext(group.name))


@admin.register(User)
class UserAdmin(NoDeleteMixin, BaseUserAdmin, ModelAdmin):
    """People who leave are made inactive: their name stays on what they did."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = []
    autocomplete_fields = ["groups"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "groups", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user):
        return ", ".join(map(str, user.groups.all()))

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser"]

    def has_change_permission(self, request, obj=None):
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)


class RightsField(ModelMultipleChoiceField):
    """Rights in the reader's language: the table keeps Django's English sentences."""

    def label_from_instance(self, right):
        verb, _underscore, _model = right.codename.partition("_")
        is_plain = right.codename == f"{verb}_{right.content_type.model}" and verb in PLAIN_RIGHTS
        return f"{right.content_type} | {PLAIN_RIGHTS[verb] if is_plain else gettext(right.name)}"


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    list_display = ["role"]
    ordering = ["name"]

    @admin.display(description=_("role"), ordering="name")
    def role(self, group):
        return str(group)

    def get_deleted_objects(self, objs, request):
        """The roles alone: each single right that goes with them would be listed by a number."""
        _listed, _counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        return [str(group) for group in objs], {self.opts.verbose_name_plural: len(objs)}, missing_rights, protected

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        rights = Permission.objects.exclude(content_type__app_label__in=["admin", "contenttypes", "sessions"])
        rights = rights.exclude(content_type__model__startswith="historical").select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, form_class=RightsField, queryset=rights, **kwargs)
