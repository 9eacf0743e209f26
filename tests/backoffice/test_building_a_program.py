"""Marketing builds a program by hand, page by page, and it does what the template of the gallery does."""

from dataclasses import replace
from datetime import UTC, datetime
from json import dumps

import pytest
import time_machine

from loyalty.backoffice.program_templates import templates
from loyalty.backoffice.program_templates.loading import load
from loyalty.backoffice.simulation.replay import Replay
from loyalty.backoffice.simulation.story import read_story
from loyalty.programs.models import Program
from rewards.models import Reward
from tests.factories.stories import at, check, seen

pytestmark = pytest.mark.django_db
EVE = datetime(2025, 1, 4, tzinfo=UTC)
ADD = "/admin/{}/add/?program={}"


@pytest.fixture
def marketing(as_role):
    return as_role("marketing", language="fr")


def fill_in(browser, address, **typed):
    """Send the form of the page as it stands, with what is typed into it; where that leads."""
    page = browser.get(address)
    inlines = [each.formset for each in page.context["inline_admin_formsets"]]
    rows = [form for each in inlines for form in (each.management_form, *each.forms)]
    fields = [field for form in (page.context["adminform"].form, *rows) for field in form]
    shown = {field.html_name: field.value() for field in fields}
    data = {name: value for name, value in shown.items() if value is not None and value is not False} | typed
    response = browser.post(address, data)
    assert response.status_code == 302, response.context["errors"]
    return response.headers["location"]


def build(browser):
    """Yes2You with what its page offers, nothing chosen that is filled in already."""
    stores = {"stores-0-name": "Chicago", "stores-1-name": "Milwaukee"}
    own = {"name": "À la main", "code": "by-hand", "money_currency": "USD", "time_zone": "UTC"}
    home = fill_in(browser, "/admin/programs/program/add/", language="en", phone_region="US", **own, **stores)
    program = Program.objects.get(code="by-hand")

    def add(part, **typed):
        assert fill_in(browser, ADD.format(part, program.pk), **typed) == home

    gift = {"name_en": "Birthday gift", "name_fr": "Cadeau", "code": "birthday-gift", "kind": "discount_amount"}
    add("rewards/reward", **gift, amount="5", voucher_days="30")
    add("rewards/reward", name_en="15% off", name_fr="15 %", code="alerts", kind="discount_percent", percent="15")
    rewards = {reward.code: reward.pk for reward in Reward.objects.filter(program=program)}
    add("earning/earningrule", name="1 point / $1", code="per-dollar", points="1", per_amount="1")
    reward = {"effect": "reward", "reward": rewards["birthday-gift"]}
    add("earning/earningrule", name="Cadeau", code="birthday-gift", kind="birthday", **reward)
    reward = {"effect": "reward", "reward": rewards["alerts"]}
    add("earning/earningrule", name="Alertes", code="alerts", kind="consent", channels="email", **reward)
    event = {"effect": "multiplier", "factor": "2", "first_day": "08/03/2025", "last_day": "08/03/2025"}
    add("earning/earningrule", name="Points doublés", code="bonus-event", **event)
    add("rewards/issuancerule", points="100", value="5")
    return program, home


def from_the_gallery():
    template = templates()["yes2you"]
    days = {"valid_from": "2025-03-08T00:00:00Z", "valid_to": "2025-03-09T00:00:00Z"}
    rules = [rule | days if rule["code"] == "bonus-event" else rule for rule in template.earning_rules]
    return load(replace(template, code="gallery", earning_rules=rules), at=EVE)[0]


def told_of(program, member):
    """A purchase, a refund, both gifts, a bonus day; what was refused, and how the member stood twice."""
    events = [
        at("2025-01-05T12:00", member, "enrol", birth_date="1990-02-10", email=f"{member}@example.com"),
        at("2025-01-06T12:00", member, "activity", id="p1", amount="350.99"),
        at("2025-01-06T13:00", member, "consent", channel="sms", given=True),
        at("2025-01-07T12:00", member, "consent", channel="email", given=True),
        check("2025-02-10T12:00"),
        at("2025-02-11T12:00", member, "use_voucher", reward="birthday-gift"),
        at("2025-03-07T12:00", member, "activity", amount="10"),
        at("2025-03-08T12:00", member, "activity", amount="30"),
        at("2025-03-09T12:00", member, "refund", of="p1", amount="100"),
        check("2025-03-10T00:00"),
    ]
    told = Replay(program).tell(read_story(dumps({"events": events})))
    assert told["audit"] == {"drift": []}
    return told["refusals"], seen(told, member, 0), seen(told, member, 1)


def test_what_is_built_by_hand_does_what_the_template_does(marketing):
    with time_machine.travel(EVE, tick=False):
        by_hand, _home = build(marketing)
    refusals, february, march = told_of(by_hand, "ana")

    assert (refusals, february, march) == told_of(from_the_gallery(), "bea")
    assert refusals == []
    assert february["balances"]["points"]["available"] == 50
    assert [voucher["value"] for voucher in february["vouchers"]] == [None, "15.00", "5.00"]
    assert march["balances"]["points"]["available"] == 50 + 10 + 2 * 30 - 100


def test_the_page_of_the_program_says_in_words_what_it_is_made_of(marketing, text_of):
    _program, home = build(marketing)
    page = text_of(marketing.get(home))
    for words in ("Chicago", "1 point par tranche de 1,00", "Anniversaire : la récompense « Cadeau »"):
        assert words in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_program_worked_on_last_is_chosen_on_the_next_form(marketing):
    build(marketing)
    from_the_gallery()
    form = marketing.get("/admin/punchcards/punchcardprogram/add/").context["adminform"].form
    assert form.initial["program"] == Program.objects.get(code="by-hand").pk
