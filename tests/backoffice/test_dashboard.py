"""The admin's home: figures with their meaning and the list behind each, for one program at a time."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from loyalty.jobs.models import Job
from loyalty.ledger import operations as ledger
from tests.factories.earning import ActivityFactory
from tests.factories.members import EnrolmentFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _april():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def buy(program):
    def buy(member, month, amount=1000, points=10):
        at = datetime(2026, month, 5, 12, tzinfo=UTC)
        purchase = ActivityFactory(program=program, member=member, amount=amount, occurred_at=at)
        cause = ledger.Cause("activity:till", purchase.external_id)
        ledger.earn(program=program, member_id=member.pk, points=points, cause=cause, at=at)

    return buy


@pytest.fixture
def figures():
    def figures(browser, **query):
        context = browser.get("/admin/", query).context
        return {str(figure.title): figure for figure in [*context["figures"], *context["job_figures"]]}

    return figures


@pytest.fixture
def charts():
    def charts(browser):
        drawn = {}
        for chart in browser.get("/admin/").context["charts"]:
            data = json.loads(chart.data)
            drawn[str(chart.title)] = {each["label"]: each["data"] for each in data["datasets"]}
        return drawn

    return charts


def test_the_program_is_told_in_figures(as_role, ana, bruno, buy, figures):
    buy(ana, 2, amount=2000, points=20)
    buy(ana, 3, amount=4000, points=40)
    buy(bruno, 2, amount=3000, points=30)

    found = {title: figure.value for title, figure in figures(as_role("analyst")).items()}

    assert found["Members"] == "2"
    assert found["Active in the last closed month"] == "1"
    assert found["Points earned"] == found["Points outstanding"] == "90"
    assert found["Repeat rate"] == "50.0%"
    assert found["Average order"] == "€30.00"
    assert found["Revenue per member"] == "€45.00"
    assert found["Retention rate"] == found["Return rate"] == "50.0%"


def test_every_number_opens_a_list_that_opens(as_role, ana, buy, figures):
    buy(ana, 2)
    administrator = as_role("administrator")

    found = figures(administrator)

    links = [figure.link for title, figure in found.items() if title != "Predicted value"]
    assert all(links)
    for link in links:
        assert administrator.get(link).status_code == 200, link
        assert "e=1" not in administrator.get(link, follow=True).redirect_chain


def test_a_list_that_staff_may_not_open_is_not_linked(as_role, ana, buy, figures):
    buy(ana, 2)

    found = figures(as_role("marketing"))

    assert found["Points outstanding"].link == ""
    assert found["Members"].link != ""


def test_charts_follow_the_months(as_role, ana, bruno, buy, charts):
    buy(ana, 1)
    buy(ana, 2)
    buy(bruno, 2)
    buy(ana, 3)

    drawn = charts(as_role("analyst"))

    assert drawn["Active members per month"] == {"known before": [0, 1, 1], "newcomers": [1, 1, 0]}
    assert drawn["Retention and return per month"]["return rate"] == [None, 1.0, 0.5]
    assert drawn["Points outstanding"]["outstanding"] == [10, 30, 40, 40]


def test_each_figure_says_what_it_means(as_role, ana, buy, text_of):
    buy(ana, 2)

    page = text_of(as_role("analyst").get("/admin/"))

    assert "it can pass 95 % where only half came back" in page


def test_a_program_that_ended_is_shown_up_to_its_last_purchase(as_role, program, ana, text_of):
    ActivityFactory(program=program, member=ana, occurred_at=datetime(2019, 6, 30, 10, tzinfo=UTC))

    page = text_of(as_role("analyst").get("/admin/"))

    assert "Up to June 30, 2019, the day of its last purchase." in page


def test_one_of_several_programs_is_chosen_and_remembered(as_role, program, ana, figures, text_of):
    EnrolmentFactory(program=ProgramFactory(code="cinema", name="Cinéma"))
    EnrolmentFactory(program=ProgramFactory(code="zoo", name="Zoo"), member=ana)
    analyst = as_role("analyst")

    assert "Zoo" in text_of(analyst.get("/admin/"))
    assert analyst.get("/admin/", {"program": "zoo"}).context["program"].code == "zoo"
    assert analyst.get("/admin/").context["program"].code == "zoo"
    assert analyst.get("/admin/", {"program": "nonsense"}).context["program"].code == "zoo"


def test_an_empty_program_has_a_home_too(as_role, program, text_of):
    assert "Nothing to draw yet." in text_of(as_role("analyst").get("/admin/"))


def test_no_program_at_all(as_role, text_of):
    assert "There is no program yet." in text_of(as_role("administrator").get("/admin/"))


def test_failed_jobs_are_counted(as_role, program, figures):
    Job.objects.create(name="expire", scope=program.code, period="2026-04-10", state=Job.State.FAILED, created_at=NOW)

    assert figures(as_role("analyst"))["Jobs failed"].value == "1"


@pytest.mark.parametrize("role", ["clerk", "store manager", "support", "partner manager"])
def test_who_may_not_see_a_whole_program_sees_the_own_tasks(as_role, program, ana, buy, role, text_of):
    buy(ana, 2)

    response = as_role(role).get("/admin/")

    assert "figures" not in response.context
    assert "Rewards" in text_of(response)


def test_the_home_takes_few_statements_the_second_time(as_role, ana, buy, django_assert_max_num_queries):
    buy(ana, 2)
    analyst = as_role("analyst")
    analyst.get("/admin/")

    with django_assert_max_num_queries(10):
        analyst.get("/admin/")
