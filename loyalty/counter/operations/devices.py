from datetime import datetime

from django.db import transaction

from loyalty.counter.models import Device
from loyalty.programs.models import Store


@transaction.atomic
def register_device(*, store: Store, name: str, at: datetime, by) -> Device:
    """The browser at hand becomes a till of this store. Raises `ValidationError` for a bad name."""
    device = Device(store=store, name=name.strip(), registered_at=at, registered_by=by)
    device.full_clean()
    device.save()
    return device


@transaction.atomic
def rename_device(*, device: Device, name: str) -> Device:
    device.name = name.strip()
    device.full_clean()
    device.save(update_fields=["name"])
    return device


@transaction.atomic
def revoke_device(*, device: Device, at: datetime, by) -> None:
    """Stolen or sold: from now on it is nobody's till. Twice changes nothing."""
    Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=at, revoked_by=by)
