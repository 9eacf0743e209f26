"""BG/NBD: published figures, an independent integration, a process with known parameters, and members far out."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.special import roots_jacobi

from analytics import bgnbd
from analytics.calibration import calibrate
from analytics.refusal import TooFewData
from tests.analytics.purchase_logs import buy_till_you_die, histories, published

PUBLISHED = bgnbd.BGNBD(r=0.2426, alpha=4.4135, a=0.7929, b=2.4258, log_likelihood=-9582.4256)


@pytest.fixture(scope="module")
def sample():
    last_day = date(1997, 9, 30)
    return calibrate(histories(published("cdnow_sample_purchases.csv"), last_day), last_day)


def test_the_published_fit_comes_out_to_its_last_digit(sample):
    model = bgnbd.fit(sample.x, sample.t_x, sample.T)
    found = [round(value, 4) for value in (model.r, model.alpha, model.a, model.b, model.log_likelihood)]
    assert found == [0.2426, 4.4135, 0.7929, 2.4258, -9582.4256]


def test_the_published_member_is_expected_to_buy_1_226_times():
    assert round(float(PUBLISHED.expected_purchases(39, 2, 30.43, 38.86)), 3) == 1.226


def expected_by_integration(model, t, x, t_x, T):
    """The same expectation without ₂F₁: the mean over p of (1 − E[e^(−λpt)]) / p while active."""
    width = t / (model.alpha + T)
    density = stats.beta(model.a, model.b + x).pdf
    value, _ = quad(lambda p: density(p) * -np.expm1(-(model.r + x) * np.log1p(width * p)) / p, 0, 1, limit=200)
    return value * float(model.probability_alive(x, t_x, T))


@pytest.mark.parametrize("a, b", [(1.7, 3.0), (1.0, 2.0), (1.00003, 1.5), (2.5, 1.2)])
@pytest.mark.parametrize("history", [(0, 0, 20), (1, 3.5, 38), (2, 30.43, 38.86), (40, 50, 52)])
def test_the_closed_form_equals_the_integral(a, b, history):
    model = bgnbd.BGNBD(r=0.5, alpha=6.0, a=a, b=b, log_likelihood=0.0)
    assert float(model.expected_purchases(39, *history)) == pytest.approx(
        expected_by_integration(model, 39, *history), rel=1e-7
    )


@pytest.mark.parametrize("a, b", [(0.5, 0.5), (0.2, 0.3), (0.1, 0.1)])
def test_the_pole_of_members_who_never_came_back_is_bridged(a, b):
    model = bgnbd.BGNBD(r=1.5, alpha=6.0, a=a, b=b, log_likelihood=0.0)
    steps = (np.arange(400_000) + 0.5) / 400_000
    quantiles = stats.beta(a, b).ppf(steps)
    share = -np.expm1(-1.5 * np.log1p(39 / 26 * quantiles)) / quantiles
    share = np.where(quantiles > 1e-12, share, 1.5 * 39 / 26)
    assert float(model.expected_purchases(39, 0, 0, 20)) == pytest.approx(share.mean(), rel=1e-4)


@pytest.mark.parametrize("history", [(0, 0.0, 20.0), (1, 3.5, 38.0), (3, 12.0, 30.0)])
def test_the_likelihood_equals_its_double_integral(history):
    x, t_x, T = history
    theta = np.array([1.4, 6.0, 1.7, 3.0])
    rates = stats.gamma(1.4, scale=1 / 6.0).pdf
    nodes, weights = roots_jacobi(30, 3.0 - 1, 1.7 - 1)

    def likelihood(rate, p):
        stayed = (1 - p) ** x * rate**x * np.exp(-rate * T)
        left = p * (1 - p) ** (x - 1) * rate**x * np.exp(-rate * t_x) if x else 0.0
        return (stayed + left) * rates(rate)

    over_rates = [quad(likelihood, 0, np.inf, args=(p,))[0] for p in (1 + nodes) / 2]
    integral = weights @ over_rates / weights.sum()
    value, _ = bgnbd.log_likelihood(theta, np.array([float(x)]), np.array([t_x]), np.array([T]), np.ones(1))
    assert value == pytest.approx(np.log(integral), abs=1e-5)


def test_the_gradient_is_the_likelihoods_slope():
    rows = np.array([0.0, 1, 4, 60]), np.array([0.0, 2.5, 20, 37]), np.array([38.0, 38, 25, 38]), np.array([9, 3, 2, 1])
    theta = np.array([0.7, 5.0, 0.9, 2.2])
    _, gradient = bgnbd.log_likelihood(theta, *rows)
    slope = approx_fprime(theta, lambda at: bgnbd.log_likelihood(at, *rows)[0], 1e-6)
    assert gradient == pytest.approx(slope, rel=1e-4)


def test_equal_members_weigh_as_much_merged_as_apart():
    x, t_x, T, _ = buy_till_you_die(400, r=0.6, alpha=5, a=0.8, b=2.5, seed=5)
    once = bgnbd.fit(x, t_x, T)
    thrice = bgnbd.fit(np.tile(x, 3), np.tile(t_x, 3), np.tile(T, 3))
    assert thrice.log_likelihood == pytest.approx(3 * once.log_likelihood, rel=1e-9)
    assert thrice.alpha == pytest.approx(once.alpha, rel=1e-3)


def test_a_known_process_is_recovered():
    x, t_x, T, _ = buy_till_you_die(20_000, r=0.8, alpha=6.0, a=0.9, b=2.6, seed=11)
    model = bgnbd.fit(x, t_x, T)
    assert model.r == pytest.approx(0.8, rel=0.1)
    assert model.alpha == pytest.approx(6.0, rel=0.1)
    assert model.a / (model.a + model.b) == pytest.approx(0.9 / 3.5, rel=0.1)


def test_the_forecast_of_a_known_process_meets_what_then_happened():
    """Fitted on the first 30 weeks of each member; the members go on for up to 30 weeks that the fit has not seen."""
    random = np.random.default_rng(3)
    seen, later = [], 0
    for _ in range(6000):
        rate, leaving = random.gamma(0.8, 1 / 6), random.beta(0.9, 2.6)
        times, clock = [], random.exponential(1 / rate)
        while clock <= 60:
            times.append(clock)
            if random.random() < leaving:
                break
            clock += random.exponential(1 / rate)
        early = [time for time in times if time <= 30]
        seen.append((len(early), early[-1] if early else 0.0, 30.0))
        later += len(times) - len(early)
    columns = [np.array(column, float) for column in zip(*seen, strict=True)]
    assert bgnbd.fit(*columns).expected_purchases(30, *columns).sum() == pytest.approx(later, rel=0.06)


@given(
    x=st.integers(0, 1000),
    recency=st.floats(0, 1),
    T=st.floats(0.15, 500),
    t=st.floats(1, 156),
    r=st.floats(0.05, 5),
    alpha=st.floats(0.5, 30),
    a=st.floats(0.05, 5),
    b=st.floats(0.05, 20),
)
@settings(max_examples=300)
def test_every_member_has_a_finite_forecast_within_reason(x, recency, T, t, r, alpha, a, b):
    model = bgnbd.BGNBD(r, alpha, a, b, 0.0)
    t_x = T * recency if x else 0.0
    alive = float(model.probability_alive(x, t_x, T))
    expected = float(model.expected_purchases(t, x, t_x, T))
    if_nobody_left = (r + x) * t / (alpha + T)
    assert 0 <= alive <= 1
    assert -1e-6 <= expected <= if_nobody_left * (1 + 1e-6) + 1e-6


@given(x=st.integers(1, 1000), T=st.floats(5, 200))
def test_a_longer_silence_makes_a_member_less_likely_to_be_there(x, T):
    alive = PUBLISHED.probability_alive(x, np.linspace(0.5, T, 20), T)
    assert np.all(np.diff(alive) >= 0)


@given(x=st.integers(0, 1000), T=st.floats(5, 200))
def test_a_longer_horizon_never_lowers_the_forecast(x, T):
    forecasts = [float(PUBLISHED.expected_purchases(t, x, T * 0.9 if x else 0, T)) for t in (1, 4, 13, 52, 104)]
    assert forecasts == sorted(forecasts)


def test_a_member_with_a_thousand_purchases_stays_finite():
    assert 600 < float(PUBLISHED.expected_purchases(39, 1000, 38.8, 38.86)) < 1003 / 43 * 39


@pytest.mark.parametrize("repeaters", [0, 1, 29])
def test_too_few_repeat_members_are_refused_with_the_reason(repeaters):
    x = np.array([1] * repeaters + [0] * 100)
    with pytest.raises(TooFewData, match=str(repeaters) if repeaters else None):
        bgnbd.fit(x, x * 2.0, np.full(len(x), 30.0))


def test_members_who_never_leave_can_be_fitted():
    random = np.random.default_rng(8)
    rates = random.gamma(2.0, 1 / 8.0, 3000)
    x = random.poisson(rates * 40.0)
    t_x = np.where(x > 0, 40.0 * random.beta(np.maximum(x, 1), 1), 0.0)
    model = bgnbd.fit(x, t_x, np.full(3000, 40.0))
    forecast = model.expected_purchases(20, x, t_x, np.full(3000, 40.0))
    assert np.all(np.isfinite(forecast))
    assert forecast.sum() == pytest.approx(rates.sum() * 20, rel=0.06)
