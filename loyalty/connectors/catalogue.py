"""The connectors that there are, by name. A new one is a package and a line here."""

from types import ModuleType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from loyalty.connectors import generic, magento, shopify, surveymonkey, typeform, woocommerce


class Name(TextChoices):
    SHOPIFY = "shopify", "Shopify"
    WOOCOMMERCE = "woocommerce", "WooCommerce"
    MAGENTO = "magento", "Magento (Adobe Commerce)"
    TYPEFORM = "typeform", "Typeform"
    SURVEYMONKEY = "surveymonkey", "SurveyMonkey"
    GENERIC = "generic", _("another system")


CONNECTORS: dict[str, ModuleType] = {
    Name.SHOPIFY: shopify,
    Name.WOOCOMMERCE: woocommerce,
    Name.MAGENTO: magento,
    Name.TYPEFORM: typeform,
    Name.SURVEYMONKEY: surveymonkey,
    Name.GENERIC: generic,
}
SHOPS = [Name.SHOPIFY, Name.WOOCOMMERCE, Name.MAGENTO]
ASKS = [*SHOPS, Name.SURVEYMONKEY]  # have an API that we speak to
EXAMPLE = {  # where each vendor shows what to copy here
    Name.SHOPIFY: _("The secret that Shopify shows under Settings → Notifications → Webhooks, or that of your app."),
    Name.WOOCOMMERCE: _("The secret of the webhook, under WooCommerce → Settings → Advanced → Webhooks."),
    Name.MAGENTO: _("The public key that Commerce shows under Stores → Configuration → Adobe Services → Webhooks."),
    Name.TYPEFORM: _("The secret of the webhook, under Connect → Webhooks of the form."),
    Name.SURVEYMONKEY: _("Client id and secret of your app, joined by “&”."),
    Name.GENERIC: _("Any long random text; the other system signs with it."),
}


def find(name: str) -> ModuleType:
    return CONNECTORS[name]
