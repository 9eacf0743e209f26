"""What can be done with keys and kept answers."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.api.models import ApiKey, IdempotencyRecord
from loyalty.lib.saving import save_checked
from loyalty.partners.models import Partner

OVERLAP = timedelta(days=7)
KEPT = timedelta(days=30)
MINUTE = timedelta(minutes=1)


class KeyRefused(Exception):
    """The key cannot be changed in this way. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def create_key(
    *,
    partner: Partner,
    name: str,
    scopes: Iterable[str],
    at: datetime,
    by=None,
    environment: str = "",
    allowed_networks: Iterable[str] = (),
    expires_at: datetime | None = None,
    replaces: ApiKey | None = None,
) -> tuple[ApiKey, str]:
    """The key's row and its text, which is kept nowhere: it can be shown this once. Raises `ValidationError`."""
    if expires_at is not None and expires_at <= at:
        raise ValidationError({"expiry_date": _("The end of the key lies in the past.")})
    key = ApiKey(
        partner=partner,
        name=name,
        environment=environment or settings.API_ENVIRONMENT,
        scopes=sorted(set(scopes)),
        allowed_networks=list(allowed_networks),
        expiry_date=expires_at,
        replaces=replaces,
    )
    text = ApiKey.objects.assign_key(key)
    key._state.adding = True
    return save_checked(key, by=by, at=at), text


@transaction.atomic
def rotate_key(*, key: ApiKey, at: datetime, by=None, overlap: timedelta = OVERLAP) -> tuple[ApiKey, str]:
    """A new key with the rights of this one, which goes on for the time of the overlap. Raises `KeyRefused`."""
    key = ApiKey.objects.select_for_update(no_key=True, of=["self"]).select_related("partner").get(pk=key.pk)
    if not key.is_usable(at):
        raise KeyRefused(_("This key is no longer in use: make a new one."), "key_not_usable")
    if ApiKey.objects.filter(replaces=key).exists():
        raise KeyRefused(_("This key was replaced already."), "key_replaced")
    new, text = create_key(
        partner=key.partner,
        name=key.name,
        scopes=key.scopes,
        at=at,
        by=by,
        environment=key.environment,
        allowed_networks=key.allowed_networks,
        replaces=key,
    )
    key.expiry_date = min(key.expiry_date or at + overlap, at + overlap)
    _save(key, at, by)
    return new, text


@transaction.atomic
def change_key(*, key: ApiKey, at: datetime, by=None, **terms) -> ApiKey:
    """Change its name, its scopes, its networks, its end. Raises `ValidationError`."""
    key = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    for name, value in terms.items():
        setattr(key, name, value)
    return _save(key, at, by)


@transaction.atomic
def revoke_key(*, key: ApiKey, at: datetime, by=None) -> ApiKey:
    """For good, and within seconds everywhere. Revoking again changes nothing."""
    key = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if key.revoked:
        return key
    key.revoked = True
    return _save(key, at, by)


def note_used(*, key: ApiKey, at: datetime) -> None:
    """Written at most once a minute, whatever the number of processes. `key` may be one that was remembered."""
    if key.last_used_at is None or at - key.last_used_at >= MINUTE:
        long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - MINUTE)
        ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=at)
        cache.delete(cache_name(key.prefix))


def forget_answers(*, at: datetime) -> int:
    """What no retry will ask for any more."""
    deleted, _by_model = IdempotencyRecord.objects.filter(created_at__lt=at - KEPT).delete()
    return deleted


def cache_name(prefix: str) -> str:
    return f"api-key:{prefix}"


def _save(key: ApiKey, at: datetime, by) -> ApiKey:
    saved = save_checked(key, by=by, at=at)
    transaction.on_commit(lambda: cache.delete(cache_name(key.prefix)))
    return saved
