"""Gamma-Gamma: published figures, a process with known parameters, and what a forecast must obey."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import approx_fprime

from analytics import gamma_gamma
from analytics.calibration import calibrate
from analytics.refusal import TooFewData
from tests.analytics.purchase_logs import buy_till_you_die, histories, published

PUBLISHED = gamma_gamma.GammaGamma(p=6.249, q=3.745, gamma=15.447, log_likelihood=-4055.92)


@pytest.fixture(scope="module")
def sample():
    last_day = date(1997, 9, 30)
    return calibrate(histories(published("cdnow_sample_purchases.csv"), last_day), last_day)


def test_the_published_fit_comes_out(sample):
    """q and γ lie on a ridge: the published point stops just short of the top, by 0.00002 of log-likelihood."""
    model = gamma_gamma.fit(sample.x, sample.mean_spend)
    assert sample.repeaters.sum() == 946
    assert [round(model.p, 3), round(model.log_likelihood, 2), round(model.mean_spend, 2)] == [6.249, -4055.92, 35.17]
    assert (model.q, model.gamma) == (pytest.approx(3.745, rel=3e-4), pytest.approx(15.447, rel=3e-4))
    bought = sample.repeaters
    x, spend = sample.x[bought].astype(float), sample.mean_spend[bought]
    published_point, _ = gamma_gamma.log_likelihood(np.array([6.249, 3.745, 15.447]), x, spend, np.ones(946))
    assert 0 <= model.log_likelihood - published_point < 1e-4


def test_the_likelihood_equals_its_integral():
    p, q, gamma, x, z = 3.0, 2.5, 12.0, 4.0, 9.0

    def likelihood(scale):
        return stats.gamma(p * x, scale=1 / (scale * x)).pdf(z) * stats.gamma(q, scale=1 / gamma).pdf(scale)

    integral, _ = quad(likelihood, 0, np.inf)
    value, _ = gamma_gamma.log_likelihood(np.array([p, q, gamma]), np.array([x]), np.array([z]), np.ones(1))
    assert value == pytest.approx(np.log(integral), abs=1e-8)


def test_the_gradient_is_the_likelihoods_slope():
    rows = np.array([1.0, 3, 30]), np.array([12.0, 30, 55]), np.array([4, 2, 1])
    theta = np.array([5.0, 3.0, 14.0])
    _, gradient = gamma_gamma.log_likelihood(theta, *rows)
    slope = approx_fprime(theta, lambda at: gamma_gamma.log_likelihood(at, *rows)[0], 1e-6)
    assert gradient == pytest.approx(slope, rel=1e-4, abs=1e-6)


def test_a_known_process_is_recovered():
    x, _, _, spend = buy_till_you_die(20_000, r=0.8, alpha=6.0, a=0.9, b=2.6, seed=21, p=6.0, q=4.0, gamma=15.0)
    model = gamma_gamma.fit(x, spend)
    assert model.mean_spend == pytest.approx(30.0, rel=0.05)
    assert model.p == pytest.approx(6.0, rel=0.1)


def test_the_currencys_unit_changes_gamma_only():
    x, _, _, spend = buy_till_you_die(3000, r=0.8, alpha=6.0, a=0.9, b=2.6, seed=2)
    whole, cents = gamma_gamma.fit(x, spend), gamma_gamma.fit(x, spend * 100)
    assert cents.p == pytest.approx(whole.p, rel=1e-3)
    assert cents.mean_spend == pytest.approx(100 * whole.mean_spend, rel=1e-3)


@given(x=st.integers(0, 1000), mean=st.floats(0.01, 10_000))
def test_a_forecast_lies_between_the_members_mean_and_everybodys(x, mean):
    expected = float(PUBLISHED.expected_spend(x, mean if x else 0.0))
    low, high = sorted([mean if x else PUBLISHED.mean_spend, PUBLISHED.mean_spend])
    assert low * (1 - 1e-9) <= expected <= high * (1 + 1e-9)


def test_free_purchases_are_left_out_of_the_fit():
    x, _, _, spend = buy_till_you_die(1000, r=0.8, alpha=6.0, a=0.9, b=2.6, seed=4)
    with_free = gamma_gamma.fit(np.append(x, [3, 5]), np.append(spend, [0.0, 0.0]))
    assert with_free == gamma_gamma.fit(x, spend)


def test_too_few_spenders_are_refused_with_the_reason():
    with pytest.raises(TooFewData, match="29"):
        gamma_gamma.fit(np.array([1] * 29 + [0] * 50), np.array([10.0] * 29 + [0.0] * 50))


def test_spend_without_a_mean_is_refused():
    random = np.random.default_rng(1)
    with pytest.raises(TooFewData):
        gamma_gamma.fit(np.full(500, 3), np.exp(random.normal(0, 6, 500)))
