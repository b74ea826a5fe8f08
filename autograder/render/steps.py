"""How many values lie below each place, as the path of an SVG: arrivals over time, scores of a class."""

from collections.abc import Sequence

LEFT, WIDTH, BOTTOM, HEIGHT = 30.0, 600.0, 150.0, 120.0
"""Of the picture, as the macros of quiz_charts.html draw its axes."""


def place_across(value: float, low: float, high: float) -> float:
    """How far right a value stands, with `low` and `high` at the ends of the axis."""
    part = (value - low) / (high - low) if high > low else 0.0
    return round(LEFT + WIDTH * min(max(part, 0.0), 1.0), 1)


def draw_steps(values: Sequence[float], low: float, high: float, *, total: int) -> str:
    """A path that rises by one of `total` at each of the values, which are in order."""
    path, most = [f"M{LEFT:g} {BOTTOM:g}"], max(total, len(values), 1)
    for number, value in enumerate(values, 1):
        path.append(f"H{place_across(value, low, high):g}V{round(BOTTOM - HEIGHT * number / most, 1):g}")
    return "".join(path) + f"H{LEFT + WIDTH:g}"
