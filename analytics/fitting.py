"""What both value models need to be fitted: refusal, equal rows merged, one optimiser over log-parameters."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from analytics.refusal import TooFewData

LOG_BOUND = 12.0
"""Each parameter stays within e^±12 of its starting point: a ridge in the likelihood ends there and not in overflow."""

SEARCH = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000}


def merge_equal_rows(*columns: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The distinct rows as columns, and how often each occurs: far fewer than members."""
    order = np.lexsort(columns)
    ordered = [column[order] for column in columns]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = np.any([column[1:] != column[:-1] for column in ordered], axis=0)
    positions = np.flatnonzero(starts)
    return [column[positions] for column in ordered], np.diff(np.append(positions, len(order)))


def occurrences(x: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each whole number that occurs in x, and how often it was counted."""
    times = np.bincount(x.astype(int), weights=counts)
    each = np.flatnonzero(times)
    return each, times[each]


def total(values: np.ndarray, counts: np.ndarray) -> float:
    """Σ values × counts. Not `@`: BLAS starts threads for it, and on a busy machine waits long for them."""
    return float((values * counts).sum())


def maximise(
    log_likelihood: Callable, start: np.ndarray, ceilings: dict[int, float] | None = None
) -> tuple[np.ndarray, float]:
    """The parameters, all positive, at the largest log-likelihood, and its value.

    `log_likelihood(parameters)` returns its value and its gradient by parameter. The search runs over logarithms, by
    L-BFGS-B, and on a likelihood scaled to about 1, so that its tolerances do not depend on the number of members.
    """
    first_value, __ = log_likelihood(start)
    scale = max(abs(first_value), 1.0)

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = np.exp(logs)
        value, gradient = log_likelihood(parameters)
        return -value / scale, -gradient * parameters / scale

    bounds = [(log - LOG_BOUND, log + LOG_BOUND) for log in np.log(start)]
    for position, ceiling in (ceilings or {}).items():
        bounds[position] = (bounds[position][0], np.log(ceiling))
    found = minimize(loss, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds, options=SEARCH)
    if not np.all(np.isfinite(found.x)) or not np.isfinite(found.fun):
        raise TooFewData("no_maximum")
    return np.exp(found.x), float(-found.fun * scale)
