"""Who a message is about: found by what the other system calls them, enrolled where that was agreed upon."""

from datetime import datetime

from loyalty.connectors.facts import Person
from loyalty.connectors.models import Connection
from loyalty.earning.operations import enrol_member, record_consent
from members.models import Consent, Member
from members.operations import add_external_id, withdraw_consent
from members.queries import latest_consents, not_enrolled, resolve_many
from members.references import Ambiguous, MemberRef
from members.suppression import Address, suppressed

AMBIGUOUS = -1
EMAIL = Consent.Channel.EMAIL


class People:
    def __init__(self, connection: Connection, *, at: datetime, by=None):
        self.connection, self.at, self.by = connection, at, by
        self.program = connection.program

    def find(self, person: Person) -> int | None:
        """A member's id, `AMBIGUOUS`, or None. The other system's own name for somebody goes before all others."""
        member_id = self._known(person)
        if member_id == AMBIGUOUS:
            return AMBIGUOUS
        if not person.external_id:
            return member_id
        if member_id is None:
            return self._enrolled(person) if self.connection.enrols else None
        self._linked(member_id, person)
        return member_id

    def follow_consent(self, member_id: int, person: Person) -> None:
        """The customer's last word about e-mails, where it differs from ours."""
        wanted = person.wants_email
        if not self.connection.takes_consents or wanted is None:
            return
        if latest_consents([member_id]).get((member_id, EMAIL), False) == wanted:
            return
        change = record_consent if wanted else withdraw_consent
        member = Member.objects.get(pk=member_id)
        change(member=member, channel=EMAIL, source=self.connection.source, at=self.at, by=self.by)

    def _known(self, person: Person) -> int | None:
        own = [MemberRef("external_id", person.external_id)] if person.external_id else []
        own += [MemberRef("any", person.reference)] if person.reference else []
        typed = [MemberRef("email", person.email)] if person.email else []
        typed += [MemberRef("phone", person.phone)] if person.phone else []
        found = resolve_many(self.connection.source, [*own, *typed], self.program.phone_region)
        for references in (own, typed):
            answers = {found[reference] for reference in references if found[reference] is not None}
            if len(answers) > 1 or any(isinstance(answer, Ambiguous) for answer in answers):
                return AMBIGUOUS
            for answer in answers:
                return answer if isinstance(answer, int) else None
        return None

    def _enrolled(self, person: Person) -> int | None:
        """Who asked to be forgotten stays unknown, whatever the shop still knows."""
        source = self.connection.source
        addresses = [Address("external_id", f"{source}:{person.external_id}"), Address("email", person.email)]
        if suppressed([address for address in addresses if address.value]):
            return None
        enrolment = enrol_member(
            program=self.program,
            at=self.at,
            by=self.by,
            channel=self.connection.channel,
            store=self.connection.store,
            source=source,
            external_id=person.external_id,
            consents=[EMAIL] if person.wants_email and self.connection.takes_consents else [],
            first_name=person.first_name[:80],
            last_name=person.last_name[:80],
            email=person.email,
            phone=person.phone,
            postcode=person.postcode[:12],
        )
        return enrolment.member_id

    def _linked(self, member_id: int, person: Person) -> None:
        member = Member.objects.get(pk=member_id)
        if not member.external_ids.filter(source=self.connection.source, external_id=person.external_id).exists():
            source = self.connection.source
            add_external_id(member=member, source=source, external_id=person.external_id, at=self.at, by=self.by)
        if self.connection.enrols and not_enrolled(self.program, [member_id]):
            enrol_member(program=self.program, member=member, at=self.at, by=self.by, channel=self.connection.channel)
