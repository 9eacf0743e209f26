"""A draw that anybody can follow: the same seed and tickets give the same winners, each ticket the same chance."""

from collections import Counter
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from loyalty.challenges import drawing
from loyalty.challenges.drawing import Ticket

SEED = "00" * 32
TICKETS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 5)), max_size=25).map(
    lambda rows: [Ticket(entry, member, count) for entry, (member, count) in enumerate(rows, start=1)]
)


def seed_of(number):
    return sha256(str(number).encode()).hexdigest()


@given(tickets=TICKETS, count=st.integers(0, 15), seed=st.integers(0, 99).map(seed_of))
def test_each_member_is_drawn_once_and_only_with_a_ticket(tickets, count, seed):
    drawn = drawing.draw(seed, tickets, count)
    with_tickets = {ticket.member for ticket in tickets if ticket.tickets}
    assert len(drawn) == min(count, len(with_tickets))
    assert len({ticket.member for ticket in drawn}) == len(drawn)
    assert all(ticket.tickets for ticket in drawn)


@given(tickets=TICKETS, seed=st.integers(0, 99).map(seed_of))
def test_drawing_again_finds_the_same(tickets, seed):
    assert drawing.draw(seed, tickets, 5) == drawing.draw(seed, list(tickets), 5)


@given(tickets=TICKETS, seed=st.integers(0, 99).map(seed_of))
def test_more_substitutes_change_no_winner(tickets, seed):
    assert drawing.draw(seed, tickets, 2) == drawing.draw(seed, tickets, 9)[:2]


def test_other_tickets_are_another_draw():
    one, two = [Ticket(n, n, 1) for n in range(1, 200)], [Ticket(n, n, 1) for n in range(1, 201)]
    assert [drawing.draw(SEED, one, 3), drawing.digest_of(one)] != [drawing.draw(SEED, two, 3), drawing.digest_of(two)]


def test_three_tickets_have_three_times_the_chance():
    tickets = [Ticket(1, 1, 3), Ticket(2, 2, 1)]
    won = Counter(drawing.draw(seed_of(n), tickets, 1)[0].member for n in range(2000))
    # 1500 expected; five standard deviations of the binomial are 97.
    assert abs(won[1] - 1500) < 97


def test_the_commitment_is_the_hash_of_the_seed():
    assert drawing.commitment_of(SEED) == sha256(bytes(32)).hexdigest()
