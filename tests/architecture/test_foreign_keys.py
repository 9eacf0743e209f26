"""Foreign keys point downward only: a key given as a string is an import that the linter cannot see."""

from tests.source import floors, own_apps


def keys_between_rooms():
    rooms = {app.label: app.name for app in own_apps()}
    for app in own_apps():
        for model in app.get_models(include_auto_created=True):
            for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
                target = field.related_model
                if target and target._meta.app_label in rooms:
                    yield f"{model._meta.label}.{field.name}", app.name, rooms[target._meta.app_label]


def test_foreign_keys_keep_to_the_floors():
    floor = floors()
    upward = [
        f"{key}: {source} → {target}"
        for key, source, target in keys_between_rooms()
        if source != target and floor[target] <= floor[source]
    ]

    assert upward == []


def test_keys_between_rooms_are_seen():
    assert ("ledger.Account.member", "loyalty.ledger", "members") in set(keys_between_rooms())
