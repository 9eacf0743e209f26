"""How the admin looks: title, colours, languages, navigation. The settings take `UNFOLD` as it stands."""

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Tailwind's "blue", the shades that unfold asks for.
PRIMARY = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(48.8% .163 255.5)",
    "700": "oklch(42.4% .145 256)",
    "800": "oklch(37.9% .12 256.5)",
    "900": "oklch(33% .1 257)",
    "950": "oklch(28.2% .091 267.935)",
}

UNFOLD = {
    "SITE_TITLE": _("Loyalty back office"),
    "SITE_HEADER": _("Loyalty back office"),
    "SITE_SUBHEADER": lambda request: timezone.get_current_timezone_name(),
    "SITE_SYMBOL": "loyalty",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("backoffice/favicon.svg")},
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {"primary": PRIMARY},
    "STYLES": [lambda request: static("backoffice/admin.css")],
    "DASHBOARD_CALLBACK": "loyalty.backoffice.dashboard.context",
    "COMMAND": {"search_callback": "loyalty.backoffice.navigation.find_members"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": "loyalty.backoffice.navigation.navigation",
    },
}
