"""What members are worth, from their purchase histories: the fit of both models and each member's forecast.

Numbers in, numbers out: no database and no program. Importing this loads scipy; `queries.forecast` does so when called.
"""

from dataclasses import asdict, dataclass
from datetime import date

import numpy as np

from analytics import bgnbd, gamma_gamma
from analytics.calibration import Calibration, calibrate
from analytics.refusal import TooFewData


@dataclass(slots=True)
class Forecast:
    """Per calibrated member, in the order of `seen`; spend is that of one purchase, in the unit of the amounts given.

    Where a model refused, it is None with all that needs it, and `refused` says why.
    """

    seen: Calibration
    buying: bgnbd.BGNBD | None = None
    spending: gamma_gamma.GammaGamma | None = None
    probability_alive: np.ndarray | None = None
    expected_purchases: np.ndarray | None = None
    expected_spend: np.ndarray | None = None
    refused: TooFewData | None = None

    @property
    def members(self) -> list[tuple[float, float, float]]:
        """Expected purchases, probability of being alive, and what the purchases are worth; none where refused."""
        if self.refused:
            return []
        columns = self.expected_purchases, self.probability_alive, self.expected_purchases * self.expected_spend
        return list(zip(*(column.tolist() for column in columns), strict=True))

    @property
    def parameters(self) -> dict[str, dict[str, float] | None]:
        return {
            "bgnbd": asdict(self.buying) if self.buying else None,
            "gamma_gamma": asdict(self.spending) if self.spending else None,
        }


def forecast(histories: list[tuple], last_day: date, horizon_weeks: int) -> Forecast:
    """Fit both models on `histories` (see `calibrate`) and look `horizon_weeks` past the last day."""
    seen = calibrate(histories, last_day)
    result = Forecast(seen)
    try:
        buying = bgnbd.fit(seen.x, seen.t_x, seen.T)
        expected = buying.expected_purchases(horizon_weeks, seen.x, seen.t_x, seen.T)
        if not np.all(np.isfinite(expected)):
            raise TooFewData("horizon")
        result.buying, result.expected_purchases = buying, expected
        result.probability_alive = buying.probability_alive(seen.x, seen.t_x, seen.T)
        result.spending = gamma_gamma.fit(seen.x, seen.mean_spend)
        result.expected_spend = result.spending.expected_spend(seen.x, seen.mean_spend)
    except TooFewData as refusal:
        result.refused = refusal
    return result
