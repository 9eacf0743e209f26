"""The groups that the migrations make of `roles`, with their rights."""

from django.contrib.auth.management import create_permissions

from loyalty.backoffice.roles import ROLES


def permissions(role):
    """The role's permissions as (app, codename)."""
    for action, tables in ROLES[role].items():
        for table in tables:
            app, _dot, model = table.partition(".")
            yield app, f"{action}_{model}"


def install(apps):
    """Make the groups and give them their permissions; never takes one away. `apps` is a migration's.

    Permissions of tables that the migration does not know yet are left to the migration that runs this again.
    """
    for config in apps.get_app_configs():
        # Django makes permissions after the last migration, and only for apps that have a module of models.
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in apps.get_model("auth", "Permission").objects.select_related("content_type")
    }
    for role in ROLES:
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(*(known[name] for name in permissions(role) if name in known))
