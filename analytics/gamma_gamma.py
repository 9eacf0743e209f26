"""How much will a purchase be worth: the Gamma-Gamma model of spend.

A member's purchases vary around that member's mean by a Gamma with shape p; the means differ between members by a
Gamma(q, γ) on the inverse scale. Spend is taken to be independent of how often a member buys. The model sees the
repeat purchases: x of them, worth z on average; γ is in the unit of z.

Sources: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), for the likelihood and the conditional
expectation; first used in Fader, Hardie and Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis",
Journal of Marketing Research 42 (2005), 415–430.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, psi

from analytics.fitting import maximise, merge_equal_rows, occurrences, total
from analytics.refusal import TooFewData

MIN_REPEAT_MEMBERS = 30
"""As for the BG/NBD: below this the spread of the means is guesswork."""


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """The fitted parameters: γ in the unit of the spend, p and q without unit."""

    p: float
    q: float
    gamma: float
    log_likelihood: float

    @property
    def mean_spend(self) -> float:
        """The mean over all members, for one of whom nothing is known."""
        return self.p * self.gamma / (self.q - 1)

    def expected_spend(self, x: np.ndarray, mean_spend: np.ndarray) -> np.ndarray:
        """A purchase's expected worth given x repeat purchases of this mean: between that mean and everybody's."""
        x = np.asarray(x, float)
        return self.p * (self.gamma + x * mean_spend) / (self.p * x + self.q - 1)


def fit(x: np.ndarray, mean_spend: np.ndarray) -> GammaGamma:
    """Maximum likelihood over the members whose repeat purchases are worth something: the others tell nothing of spend.

    Raises TooFewData where these are too few, or where the means spread so widely that they have no mean (q ≤ 1).
    """
    kept = (np.asarray(x) > 0) & (np.asarray(mean_spend) > 0)
    refuse_thin_data(int(np.count_nonzero(kept)))
    rows, counts = merge_equal_rows(np.asarray(x, float)[kept], np.asarray(mean_spend, float)[kept])
    start = np.array([1.0, 2.0, float(np.average(rows[1], weights=counts))])
    parameters, value = maximise(lambda theta: log_likelihood(theta, *rows, counts), start)
    model = GammaGamma(*map(float, parameters), log_likelihood=value)
    if model.q <= 1:
        raise TooFewData("no_mean_spend")
    return model


def refuse_thin_data(repeat_members: int) -> None:
    if repeat_members < MIN_REPEAT_MEMBERS:
        raise TooFewData("few_spent", found=repeat_members, needed=MIN_REPEAT_MEMBERS)


def log_likelihood(theta: np.ndarray, x: np.ndarray, z: np.ndarray, counts: np.ndarray) -> tuple[float, np.ndarray]:
    """Its value and its gradient by (p, q, γ); each row weighs as often as it was counted."""
    p, q, gamma = theta
    each, times = occurrences(x, counts)
    by_x = gammaln(p * each + q) - gammaln(p * each) - gammaln(q) + q * np.log(gamma) + p * each * np.log(each)
    shape, scale, spent = p * x + q, np.log(gamma + x * z), np.log(z)
    value = total(by_x, times) + total((p * x - 1) * spent - shape * scale, counts)
    rising = psi(p * each + q)
    gradient = np.array([
        total(each * (rising - psi(p * each) + np.log(each)), times) + total(x * (spent - scale), counts),
        total(rising - psi(q) + np.log(gamma), times) - total(scale, counts),
        q / gamma * times.sum() - total(shape / (gamma + x * z), counts),
    ])  # fmt: skip
    return value, gradient
