"""A chart of a report as lines: what an answer does on a public case, beside what is expected."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.domain.phrases import count_phrase, phrase
from autograder.domain.report import Chart, Series

WIDTH, HEIGHT = 640.0, 230.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 12.0, 12.0, 34.0
_BEYOND = 0.6
"""How far a series may leave the range of what is expected, as a part of that range; the rest is cut."""
_TICKS = 5
_LARGEST = 1e150
"""Larger numbers are drawn as if they were this, so that no difference of two overflows."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A number on an axis, and where it stands."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One series as the path of an SVG, and its points where these are few."""

    name: str
    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All a template needs: lines, ticks, and the same in words for whoever does not see them."""

    lines: tuple[ChartLine, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    words: tuple[str, ...]
    cut: bool
    """Whether some of it lies beyond the picture."""
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = HEIGHT - _BOTTOM


def draw_chart(chart: Chart) -> Drawing | None:
    """The chart as lines, or None where there is nothing to draw. The last series is what is expected."""
    numbers = [v for series in chart.series[-1:] for v in series.values if v is not None]
    logarithmic = chart.logarithmic and all(v > 0 for v in numbers)
    heights = [_heights(series, logarithmic=logarithmic) for series in chart.series]
    steps = max((len(series.values) for series in chart.series), default=0)
    kept = [height for height in heights[-1] if height is not None] if heights else []
    if not kept or steps < 2:
        return None
    low, high = _range(kept, [h for all_of in heights for h in all_of if h is not None])

    def place(k: int, height: float) -> tuple[float, float]:
        x = _LEFT + (WIDTH - _LEFT - _RIGHT) * k / (steps - 1)
        part = (min(max(height, low), high) - low) / (high - low)
        return round(x, 1), round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * part, 1)

    lines = []
    for series, over in zip(chart.series, heights, strict=True):
        runs = [[place(k, h) for k, h in run] for run in _runs(over)]
        dots = tuple(point for run in runs for point in run) if steps <= 60 else ()
        path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in run) for run in runs)
        lines.append(ChartLine(series.name, path, dots))
    # Whole numbers of steps, at most nine of them.
    stride = next(s * 10**p for p in range(6) for s in (1, 2, 5) if (steps - 1) / (s * 10**p) <= 8)
    return Drawing(
        tuple(lines),
        tuple(Tick(place(k, low)[0], str(k)) for k in range(0, steps, stride)),
        tuple(Tick(place(0, h)[1], label) for h, label in _ticks(low, high, logarithmic=logarithmic)),
        tuple(_told(series) for series in chart.series),
        any(h is not None and not low <= h <= high for over in heights for h in over),
    )


def _heights(series: Series, *, logarithmic: bool) -> list[float | None]:
    if not logarithmic:
        return [v if v is None else max(-_LARGEST, min(v, _LARGEST)) for v in series.values]
    return [math.log10(v) if v is not None and v > 0 else None for v in series.values]


def _range(expected: Sequence[float], every: Sequence[float]) -> tuple[float, float]:
    """What is expected fills the picture; what leaves it far is cut."""
    low, high = min(expected), max(expected)
    margin = _BEYOND * ((high - low) or abs(high) or 1.0)
    low, high = max(min(every), low - margin), min(max(every), high + margin)
    low, high = min(low, min(expected)), max(high, max(expected))
    return (low, high) if high > low else (low - margin, high + margin)


def _runs(heights: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """The pieces between gaps."""
    run: list[tuple[int, float]] = []
    for k, height in enumerate(heights):
        if height is not None:
            run.append((k, height))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _ticks(low: float, high: float, *, logarithmic: bool) -> Iterator[tuple[float, str]]:
    if logarithmic and high - low >= 2:
        stride = max(1, math.ceil((high - low) / _TICKS))
        for power in range(math.ceil(low), math.floor(high) + 1, stride):
            yield float(power), f"1e{power}"
        return
    for k in range(_TICKS):
        height = low + (high - low) * k / (_TICKS - 1)
        yield height, f"{10**height if logarithmic else height:.2g}"


def _told(series: Series) -> str:
    values = [value for value in series.values if value is not None]
    if not values:
        return phrase("series.empty", name=series.name)
    key = "series" if len(values) == len(series.values) else "series.gaps"
    ends = {"first": f"{values[0]:.3g}", "last": f"{values[-1]:.3g}"}
    return count_phrase(key, len(series.values) - 1, name=series.name, **ends)
