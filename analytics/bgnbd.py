"""How often will members buy: the BG/NBD model of Fader, Hardie and Lee (2005).

While active, a member buys at a rate λ (Poisson); rates differ between members by a Gamma(r, α). After each purchase a
member leaves for good with probability p; these differ by a Beta(a, b). Per member the model sees x repeat purchases,
the last of them at t_x, and T, the time under observation; the unit of time is the caller's and every time shares it.

Sources: "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science 24 (2005),
275–284, for the likelihood (6) and the conditional expectation (10); Fader and Hardie's note "Overcoming the BG/NBD
Model's #NUM! Error Problem" for the likelihood in logarithms; Abramowitz and Stegun 15.3.3 for Euler's transform.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, expit, gammaln, psi

from analytics.fitting import maximise, merge_equal_rows, occurrences, total
from analytics.refusal import TooFewData

MIN_REPEAT_MEMBERS = 30
"""Four parameters out of fewer members who came back are noise. A rule of thumb of ours, not a theorem."""

NEAR_ONE = 1e-4
"""Around a = 1 the expectation is 0/0; within this distance it is interpolated, to eight digits."""

POLE = 1e-9
"""₂F₁ has a pole where a + b + x = 1, which the factor before it lifts; so near it both are taken this far away."""

MOST_TERMS, SETTLED = 5000, 1e-12

CEILING_A, CEILING_B = 100.0, 1000.0
"""Beyond these the likelihood is flat (nobody leaves, or all are alike) and ₂F₁ leaves the range of a float."""


@dataclass(frozen=True, slots=True)
class BGNBD:
    """The fitted parameters: α in the unit of time of the fit, the others without unit."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def probability_alive(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """The chance that a member with this history is still there: 1 where x = 0, since leaving follows a repeat."""
        x, t_x, T = np.broadcast_arrays(np.asarray(x, float), t_x, T)
        return np.where(x > 0, expit(-self._log_odds_gone(x, t_x, T)), 1.0)

    def _log_odds_gone(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        repeats = np.maximum(x, 1)
        silence = (self.r + repeats) * (np.log(self.alpha + T) - np.log(self.alpha + t_x))
        return np.log(self.a) - np.log(self.b + repeats - 1) + silence

    def expected_purchases(self, t: float, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Purchases to expect in the next `t` after T, given the history.

        Euler's transform turns ((α+T)/(α+T+t))^(r+x) ₂F₁(r+x, b+x; a+b+x−1; z) into
        (1−z)^(a−1) ₂F₁(a+b−1−r, a−1; a+b+x−1; z), whose terms stay near 1 however large x is.
        """
        x, t_x, T = np.broadcast_arrays(np.asarray(x, float), t_x, T)
        c = self.a + self.b + x - 1
        c = np.where(np.abs(c) < POLE, POLE, c)
        return c * self._gain(c, t / (self.alpha + T + t)) * self.probability_alive(x, t_x, T)

    def _gain(self, c: np.ndarray, z: np.ndarray) -> np.ndarray:
        """(1 − (1−z)^(a−1) ₂F₁) / (a−1), through its removable gap at a = 1."""

        def gain(d: float) -> np.ndarray:
            series = gauss_series(self.a + self.b - 1 - self.r, d, c, z)
            return (1 - np.sign(series) * np.exp(d * np.log1p(-z) + np.log(np.abs(series)))) / d

        distance = self.a - 1
        if abs(distance) >= NEAR_ONE:
            return gain(distance)
        weight = (distance + NEAR_ONE) / (2 * NEAR_ONE)
        return (1 - weight) * gain(-NEAR_ONE) + weight * gain(NEAR_ONE)


def gauss_series(a: float, b: float, c: np.ndarray, z: np.ndarray) -> np.ndarray:
    """₂F₁(a, b; c; z) for 0 ≤ z < 1 by its power series, which Euler's transform has made short.

    scipy's own gives infinity for z > 0.9 where c − a − b is a large whole number. NaN where it does not settle.
    """
    term = total = np.ones_like(c + z)
    for n in range(MOST_TERMS):
        term = term * ((a + n) * (b + n) / (n + 1)) / (c + n) * z
        total = total + term
        if np.all(np.abs(term) <= np.finfo(float).eps * np.abs(total)):
            return total
    return np.where(np.abs(term) <= SETTLED * np.abs(total), total, np.nan)


def fit(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> BGNBD:
    """Maximum likelihood over all members, those who never came back included. Raises TooFewData."""
    refuse_thin_data(int(np.count_nonzero(x)))
    rows, counts = merge_equal_rows(np.asarray(x, float), np.asarray(t_x, float), np.asarray(T, float))
    start = np.array([1.0, max(float(np.average(rows[2], weights=counts)), 1e-3), 1.0, 1.0])
    ceilings = {2: CEILING_A, 3: CEILING_B}
    parameters, value = maximise(lambda theta: log_likelihood(theta, *rows, counts), start, ceilings)
    return BGNBD(*map(float, parameters), log_likelihood=value)


def refuse_thin_data(repeat_members: int) -> None:
    if not repeat_members:
        raise TooFewData("nobody_came_back")
    if repeat_members < MIN_REPEAT_MEMBERS:
        raise TooFewData("few_came_back", found=repeat_members, needed=MIN_REPEAT_MEMBERS)


def log_likelihood(
    theta: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, counts: np.ndarray
) -> tuple[float, np.ndarray]:
    """Its value and its gradient by (r, α, a, b); each row weighs as often as it was counted.

    What depends on x alone is reckoned once per x: the special functions cost more than all the rest.
    """
    r, alpha, a, b = theta
    each, times = occurrences(x, counts)
    by_x = gammaln(r + each) - gammaln(r) + r * np.log(alpha) + betaln(a, b + each) - betaln(a, b)
    watched, bought, step = np.log(alpha + T), np.log(alpha + t_x), last_step(b, x)
    still_here = -(r + x) * watched
    gone = np.where(x > 0, np.log(a) - np.log(step) - (r + x) * bought, -np.inf)
    value = total(by_x, times) + total(np.logaddexp(still_here, gone), counts)
    share_gone = expit(gone - still_here) * counts
    share_here = counts - share_gone
    both = psi(a + b) - psi(a + b + each)
    gradient = np.array([
        total(psi(r + each) - psi(r) + np.log(alpha), times) - total(watched, share_here) - total(bought, share_gone),
        r / alpha * times.sum() - total(r + x, share_here / (alpha + T) + share_gone / (alpha + t_x)),
        total(both, times) + share_gone.sum() / a,
        total(both + psi(b + each) - psi(b), times) - (share_gone / step).sum(),
    ])  # fmt: skip
    return value, gradient


def last_step(b: float, x: np.ndarray) -> np.ndarray:
    """b + x − 1, which has no meaning where x = 0 and no part in the sums there."""
    return b + np.maximum(x, 1) - 1
