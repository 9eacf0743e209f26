"""A shop to look at: made on the first run, gone on with on later ones, and served."""

import contextlib
import gc
import os
import time
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.backoffice.demo import population, serving, shop, site, staff
from loyalty.backoffice.demo.progress import Progress
from loyalty.backoffice.demo.story import Story, StoryBroken
from loyalty.lib.periods import add_months, local_date, start_of_day
from loyalty.programs.models import Program
from members.models import Card

MOST_MEMBERS, MOST_MONTHS = 100_000, 120
INTERRUPTED = 130  # as shells say it of a program that Ctrl-C ended


class Command(BaseCommand):
    help = _(
        "Makes an invented shop with members, purchases, points and rewards up to yesterday, and serves it until "
        "Ctrl-C. Run again, it goes on from what is there."
    )

    def add_arguments(self, parser):
        parser.add_argument("--members", type=_up_to(MOST_MEMBERS), default=2000, help=_("How many join."))
        parser.add_argument("--months", type=_up_to(MOST_MONTHS), default=24, help=_("How long ago the program began."))
        parser.add_argument("--seed", type=_up_to(2**63, least=0), default=1, help=_("Another seed, another story."))
        parser.add_argument("--no-serve", action="store_true", help=_("Makes the shop and does not open it."))
        parser.add_argument("--fresh", action="store_true", help=_("Removes what earlier runs made and begins anew."))
        parser.add_argument("--port", type=_up_to(65_535), default=8000, help=_("Where the web site listens."))

    def handle(self, *, no_serve, fresh, port, **options):
        if settings.PRODUCTION:
            raise CommandError(_("This is a production site; invented members and open passwords do not belong here."))
        if not no_serve and not serving.is_free(port):
            reason = _(
                "Port %(port)d is in use. End the program that listens there, or choose another: --port %(next)d"
            )
            raise CommandError(reason % {"port": port, "next": port + 1 if port < 65_535 else 8000})
        if not no_serve and "SITE_URL" not in os.environ:
            settings.SITE_URL = serving.address(port)  # where links in e-mails lead, those of this very night included
        try:
            with serving.stop_signals():
                program, logins = self._make(fresh, **options)
                if no_serve:
                    self._tell(program, logins, settings.SITE_URL)
                else:
                    self._serve(program, logins, port)
        except serving.Stopped:
            self._say(_("Stopped. The next run goes on from here."))
            raise SystemExit(INTERRUPTED) from None
        except (site.NotPossible, StoryBroken, serving.GaveUp) as error:
            raise CommandError(str(error)) from error

    def _make(self, fresh, *, members, months, seed, **options):
        began = time.monotonic()
        if fresh:
            site.begin_anew()
        self._say(_("Preparing the database …"))
        site.prepare()
        today = local_date(timezone.now(), _time_zone())
        wanted = site.Terms(seed=seed, members=members, start=add_months(today, -months), first_end=today)
        terms = site.agreed_terms(wanted)
        if (terms.seed, terms.members) != (seed, members):
            told = _("Going on with what is there: %(members)d members, seed %(seed)d. --fresh begins anew.")
            self._say(told % {"members": terms.members, "seed": terms.seed})
        program = shop.open_shop(at=start_of_day(terms.start, _time_zone()))
        logins = staff.hire(program, site.logins_file())
        self._live(program, terms, today)
        self._say(_("Ready after %(seconds)d seconds.") % {"seconds": time.monotonic() - began})
        return program, logins

    def _live(self, program: Program, terms: site.Terms, today: date) -> None:
        people = population.people(
            seed=terms.seed,
            members=terms.members,
            span=terms.span,
            stores=len(shop.STORES),
            days=(today - terms.start).days,
        )
        story = Story(program=program, start=terms.start, end=today, people=people)
        gc.freeze()  # the population is large and stays: no need to look through it again and again
        progress = Progress(story.next_day, today, self.stderr)
        story.tell(progress.on_day)
        progress.finish()

    def _serve(self, program, logins, port) -> None:
        self._say(_("Opening the doors …"))
        with serving.Doors(port) as doors:
            self._tell(program, logins, doors.address)
            self.stdout.write(_("Ctrl-C closes it."))
            self.stdout.flush()
            with contextlib.suppress(serving.Stopped):  # the ordinary end
                doors.watch()
            self._say(_("Closing …"))

    def _say(self, text: str) -> None:
        self.stderr.write(text, style_func=str)  # news, not an error

    def _tell(self, program, logins, address) -> None:
        write = self.stdout.write
        write("")
        write(f"{program.name}: {address}/admin/")
        write("")
        if logins:
            width = max(len(login.username) for login in logins)
            for login in logins:
                write(f"  {login.username:<{width}}  {login.password}")
            write("")
            write(_("The passwords are kept in %(file)s.") % {"file": site.logins_file()})
        club = f"{address}{reverse('portal:join', args=[program.code])}"
        write(_("Members sign up at: %(address)s") % {"address": club})
        command = f"manage.py create_api_key --partner {shop.PARTNER['code']} --scopes all"
        write(_("Partners’ systems begin at: %(address)s") % {"address": f"{address}{reverse('api:docs')}"})
        write(_("A key for one of them: %(command)s") % {"command": command})
        card = Card.objects.filter(program=program, state=Card.State.ACTIVE).order_by("pk").last()
        if card is not None:
            write(_("A card to search for: %(card)s (%(member)s)") % {"card": card.number, "member": card.member})
            till = {"address": f"{address}{reverse('counter:home')}", "clerk": staff.CLERK}
            write(_("At the counter, as %(clerk)s, scan or type it: %(address)s") % till)


def _time_zone():
    return Program(time_zone=shop.TEMPLATE.program["time_zone"]).tzinfo


def _up_to(most: int, least: int = 1):
    """An argument's type: a whole number within these bounds."""

    def number(text: str) -> int:
        if not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    number.__name__ = _("number from %(least)d to %(most)d") % {"least": least, "most": most}
    return number
