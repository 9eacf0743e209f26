"""Figures and charts as the templates show them. Charts are drawn by the copy of Chart.js that unfold ships.

Everything is data in attributes of the canvas: no script in the page, which the content security policy would refuse.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

GREY = "#9ca3af"
COLOURS = {"blue": "#2b6cb0", "orange": "#e07a1f", "green": "#2f9e6e", "red": "#c0392b", "purple": "#7d5ba6"}


@dataclass(frozen=True)
class Figure:
    """One number with its name, its meaning in words, and the list behind it."""

    title: Any
    value: str
    help: Any
    link: str = ""


@dataclass(frozen=True)
class Series:
    name: Any
    values: list
    colour: str = "blue"


@dataclass(frozen=True)
class Chart:
    """`kind` is line or bar; a bar chart of several series stacks. `percent` values are shares: 0.95 is 95 %."""

    title: Any
    help: Any
    labels: list[str]
    series: list[Series] = field(default_factory=list)
    kind: str = "line"
    percent: bool = False
    stepped: bool = False
    link: str = ""

    @property
    def is_empty(self):
        return not any(value for each in self.series for value in each.values)

    @property
    def data(self):
        return json.dumps(
            {"labels": self.labels, "datasets": [self._dataset(each) for each in self.series]}, default=float
        )

    def _dataset(self, series):
        colour = COLOURS[series.colour]
        dataset = {"label": str(series.name), "data": series.values, "borderColor": colour, "backgroundColor": colour}
        if self.kind == "line":
            dataset |= {"borderWidth": 2, "pointRadius": 2, "pointHitRadius": 12, "stepped": self.stepped}
        else:
            dataset |= {"maxBarThickness": 28, "borderRadius": 3}
        return dataset

    @property
    def options(self):
        ticks = {"color": GREY, "maxTicksLimit": 6}
        if self.percent:
            ticks["format"] = {"style": "percent", "minimumFractionDigits": 0, "maximumFractionDigits": 1}
        stacked = self.kind == "bar"
        return json.dumps(
            {
                "animation": False,
                "responsive": True,
                "maintainAspectRatio": False,
                "locale": get_language(),
                "interaction": {"mode": "index", "intersect": False},
                "plugins": {
                    "legend": {
                        "display": len(self.series) > 1,
                        "position": "bottom",
                        "labels": {"color": GREY, "boxWidth": 8, "boxHeight": 8, "usePointStyle": True},
                    }
                },
                "scales": {
                    "x": {
                        "stacked": stacked,
                        "grid": {"display": False},
                        "ticks": {"color": GREY, "maxRotation": 0, "autoSkipPadding": 12},
                    },
                    "y": {
                        "stacked": stacked,
                        "beginAtZero": True,
                        "border": {"display": False},
                        "grid": {"tickWidth": 0},
                        "ticks": ticks,
                    },
                },
            }
        )
