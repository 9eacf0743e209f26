"""Who above must hear of a redemption in its own transaction: a partner at whose till points are spent, for instance.

This floor knows none of them, so they say it themselves: a room calls `register` in its `AppConfig.ready()`.

- `redeemed(*, redemption, at, by)`: the points are about to be taken. Raise a `RewardsError` to refuse: nothing is left
  of the redemption then.
- `rolled_back(*, redemption, at, by)`: the points have been given back.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Follower:
    redeemed: Callable[..., None]
    rolled_back: Callable[..., None]


_followers: dict[str, Follower] = {}


def register(name: str, *, redeemed: Callable[..., None], rolled_back: Callable[..., None]) -> None:
    _followers[name] = Follower(redeemed, rolled_back)


def tell_redeemed(redemption, *, at, by) -> None:
    for follower in _followers.values():
        follower.redeemed(redemption=redemption, at=at, by=by)


def tell_rolled_back(redemption, *, at, by) -> None:
    for follower in _followers.values():
        follower.rolled_back(redemption=redemption, at=at, by=by)
