"""What a batch of messages needs to know at the moment of sending, asked for once for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from campaigns import letters, queries, rules
from campaigns.models import Message, Occasion
from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program
from members.models import Consent, Enrolment, Member
from members.queries import members_with_consent
from members.suppression import Address, suppressed

Reason = Message.Reason


class Batch:
    def __init__(self, messages: Sequence[Message], at: datetime):
        self.at = at
        ids = {message.member_id for message in messages}
        self._consenting = members_with_consent(ids, Consent.Channel.EMAIL)
        addresses = {Address("email", message.member.email) for message in messages if message.member.email}
        self._forgotten = {address.value for address in suppressed(addresses)}
        self._settings = queries.settings_of(messages)
        self._enrolments = {
            (enrolment.program_id, enrolment.member_id): enrolment
            for enrolment in Enrolment.objects.filter(
                member_id__in=ids,
                program__in={message.program_id for message in messages},
                status=Enrolment.Status.ACTIVE,
            )
        }
        self._lots = _lots(messages, at)

    def reason_not_to_send(self, message: Message) -> str:
        """Empty where nothing stands against it."""
        setting = self._settings.get((message.program_id, message.occasion))
        refusals = {
            Reason.SWITCHED_OFF: setting is not None and not setting.is_active,
            Reason.NOT_ACTIVE: message.member.status != Member.Status.ACTIVE or self._enrolment(message) is None,
            Reason.NO_EMAIL: not message.member.email,
            Reason.NO_CONSENT: message.member_id not in self._consenting or message.member.email in self._forgotten,
            Reason.TOO_LATE: self.at - message.due_at > rules.LATEST,
            Reason.NOTHING_TO_SAY: message.occasion == Occasion.POINTS_EXPIRING
            and not any(self.figures(message).values()),
        }
        return next((reason for reason, stands in refusals.items() if stands), "")

    def figures(self, message: Message) -> dict:
        """As they are now: points may have been spent since the message was queued."""
        if message.occasion == Occasion.POINTS_EXPIRING:
            lots = self._lots.get((message.program_id, message.member_id, message.period), {})
            return {"lots": lots.get(Currency.POINTS, []), "cashback": lots.get(Currency.CASHBACK, [])}
        enrolment = self._enrolment(message)
        return {"points": max(enrolment.balance, 0) if enrolment else 0}

    def letter(self, message: Message, unsubscribe_url: str) -> letters.Letter:
        return letters.compose(
            program=message.program,
            occasion=message.occasion,
            language=message.member.language,
            first_name=message.member.first_name,
            number=message.member.number,
            figures=self.figures(message),
            unsubscribe_url=unsubscribe_url,
            setting=self._settings.get((message.program_id, message.occasion)),
        )

    def _enrolment(self, message: Message) -> Enrolment | None:
        return self._enrolments.get((message.program_id, message.member_id))


def _lots(messages: Sequence[Message], at: datetime) -> dict[tuple[int, int, str], queries.Lots]:
    by_program: dict[Program, list[Message]] = defaultdict(list)
    for message in messages:
        if message.occasion == Occasion.POINTS_EXPIRING:
            by_program[message.program].append(message)
    return {
        (program.pk, member_id, period): lots
        for program, told in by_program.items()
        for (member_id, period), lots in queries.lots_to_lose(
            program=program,
            member_ids={message.member_id for message in told},
            periods={message.period for message in told},
            at=at,
        ).items()
    }
