"""Who calls: `Authorization: Api-Key …`. Keys are looked up once in a few seconds and remembered in between."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework_api_key.permissions import KeyParser

from loyalty.api.models import ApiKey
from loyalty.api.operations import cache_name, note_used
from loyalty.lib.client import client_address

REMEMBERED = 10  # seconds in which a process may not yet know that another one revoked a key
LENGTH_OF_PREFIX = 8


class ApiKeyAuthentication(BaseAuthentication):
    """`request.auth` is the key; nobody is signed in, so that what a partner does is no member of staff's."""

    def authenticate(self, request):
        text = KeyParser().get(request)
        if text is None:
            return None
        at = timezone.now()
        key = _key(text)
        _check(key, at)
        _check_network(key, request)
        note_used(key=key, at=at)
        return AnonymousUser(), key

    def authenticate_header(self, request):
        return KeyParser.keyword


class HasScope(BasePermission):
    """The view says by method which scope is needed: `scopes = {"GET": "members:read"}`."""

    def has_permission(self, request, view):
        if request.auth is None:
            raise NotAuthenticated(_("Send your key in the header Authorization: the word Api-Key, a space, the key."))
        scope = view.scopes.get("GET" if request.method == "HEAD" else request.method)
        if scope and scope not in request.auth.scopes:
            self.message = _("This key lacks the scope %(scope)s.") % {"scope": scope}
            self.code = "scope_missing"
            return False
        return True


def _key(text):
    prefix, _dot, _secret = text.partition(".")
    if len(prefix) != LENGTH_OF_PREFIX or not (prefix.isascii() and prefix.isalnum()):
        raise _unknown()
    name = cache_name(prefix)
    key = cache.get(name)
    if key is None:
        key = ApiKey.objects.select_related("partner").filter(prefix=prefix).first()
        if key is None:
            raise _unknown()
        cache.set(name, key, REMEMBERED)
    if not ApiKey.objects.key_generator.verify(text, key.hashed_key):
        raise _unknown()
    return key


def _check(key, at):
    if key.revoked:
        raise AuthenticationFailed(_("This key was revoked."), "key_revoked")
    if not key.is_usable(at):
        raise AuthenticationFailed(_("This key has expired."), "key_expired")
    if key.environment != settings.API_ENVIRONMENT:
        raise AuthenticationFailed(
            _("This is a key for another environment (%(environment)s).") % {"environment": key.environment},
            "key_of_other_environment",
        )
    if not key.partner.is_active:
        raise AuthenticationFailed(_("This partner is not active."), "partner_inactive")


def _check_network(key, request):
    if key.allowed_networks:
        address = ip_address(client_address(request))
        if not any(address in ip_network(network) for network in key.allowed_networks):
            raise PermissionDenied(_("This key may not be used from here."), "network_not_allowed")


def _unknown():
    return AuthenticationFailed(_("No such key."), "key_unknown")
