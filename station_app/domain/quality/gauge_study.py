"""Gauge repeatability and reproducibility of a crossed study: every operator measures every part several times.

Automotive Industry Action Group, *Measurement Systems Analysis*, 4th edition, chapter III: analysis of variance with
random effects, and average and range (with exact constants instead of the printed K1, K2, K3).
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from station_app.domain.counts import counted
from station_app.domain.quality.constants import FloatArray, d2, d3
from station_app.domain.quality.distributions import f_tail
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import LARGEST

# six standard deviations of study variation; 1.41 as AIAG prints it
STUDY_WIDTH = 6.0
DISTINCT = 1.41


class Method(enum.StrEnum):
    """How the components are found."""

    ANOVA = "anova"
    RANGE = "range"


@dataclass(frozen=True, eq=False)
class Study:
    """The readings of a study: ``values`` has the shape (parts, operators, trials)."""

    parts: tuple[str, ...]
    operators: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True, slots=True)
class AnovaRow:
    """One source of variation.

    ``f`` and ``p`` are None for repeatability, the last denominator, and where that is 0.
    """

    source: str
    degrees_of_freedom: int
    sum_of_squares: float
    mean_square: float
    f: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Component:
    """One source of variation as standard deviation and as shares in percent.

    ``estimate`` is the variance before a negative one became 0; ``negative`` says that it did. Shares are None where
    their whole is 0 or not given.
    """

    source: str
    variance: float
    estimate: float
    sd: float
    contribution_percent: float | None
    study_variation_percent: float | None
    tolerance_percent: float | None
    negative: bool


@dataclass(frozen=True, slots=True)
class GaugeStudy:
    """The result of a study. ``pooled`` says that the interaction went into repeatability, because its p was greater
    than ``alpha``.

    ``ndc`` (number of distinct categories) is None where the gauge shows no variation at all.
    """

    method: Method
    components: tuple[Component, ...]
    ndc: int | None
    tolerance: float | None
    anova: tuple[AnovaRow, ...] = ()
    pooled: bool = False
    alpha: float | None = None
    notes: tuple[str, ...] = ()

    def component(self, source: str) -> Component:
        """The component of a source: gauge_rr, repeatability, reproducibility, operator, interaction, part or total."""
        return next(each for each in self.components if each.source == source)


def study_of(readings: Iterable[tuple[str, str, float]]) -> Study:
    """Part, operator and value of every reading as a study.

    Raises InputError, naming part and operator, when a combination is missing or was not measured as often as the
    others.
    """
    cells: dict[tuple[str, str], list[float]] = {}
    for part, operator, value in readings:
        if not abs(value) <= LARGEST:
            raise InputError(f"part {part}, operator {operator}: {value:g} is not a number to compute with")
        cells.setdefault((part, operator), []).append(value)
    parts = tuple(dict.fromkeys(part for part, _ in cells))
    operators = tuple(dict.fromkeys(operator for _, operator in cells))
    if len(parts) < 2 or len(operators) < 2:
        raise InputError(f"a study needs two or more parts and operators, not {len(parts)} and {len(operators)}")
    trials = max(len(values) for values in cells.values())
    for part in parts:
        for operator in operators:
            found = len(cells.get((part, operator), ()))
            if found != trials:
                raise InputError(
                    f"operator {operator} measured part {part} {counted(found, 'time')}, others {counted(trials, 'time')}"
                )
    if trials < 2:
        raise InputError(
            "every part must be measured twice or more by each operator, else repeatability cannot be told"
        )
    return Study(parts, operators, np.array([[cells[part, operator] for operator in operators] for part in parts]))


def gauge_rr(
    study: Study, tolerance: float | None = None, method: Method = Method.ANOVA, alpha: float = 0.05
) -> GaugeStudy:
    """The components of variation.

    Shares of ``tolerance`` are of six standard deviations. Raises InputError for bad options.
    """
    if tolerance is not None and not 0 < tolerance <= LARGEST:
        raise InputError(f"tolerance {tolerance:g} must be greater than 0: it is the upper less the lower limit")
    if not 0 <= alpha <= 1:
        raise InputError(f"alpha {alpha:g} must lie between 0 and 1")
    return _by_anova(study, tolerance, alpha) if method is Method.ANOVA else _by_range(study, tolerance)


def _by_anova(study: Study, tolerance: float | None, alpha: float) -> GaugeStudy:
    parts, operators, trials = study.values.shape
    rows = _anova(study.values)
    part, operator, interaction, repeatability = rows[:4]
    pooled = interaction.p is not None and interaction.p > alpha
    error = repeatability.mean_square
    if pooled:
        squares = interaction.sum_of_squares + repeatability.sum_of_squares
        error = squares / (interaction.degrees_of_freedom + repeatability.degrees_of_freedom)
    between = error if pooled else interaction.mean_square
    raw = {
        "repeatability": error,
        "operator": (operator.mean_square - between) / (parts * trials),
        "interaction": 0.0 if pooled else (interaction.mean_square - error) / trials,
        "part": (part.mean_square - between) / (operators * trials),
    }
    notes = [f"the interaction was pooled: its p is greater than alpha {alpha:g}"] if pooled else []
    components = _components(raw, tolerance)
    notes += [
        f"the variance of {each.source} came out negative and is taken as 0" for each in components if each.negative
    ]
    return GaugeStudy(Method.ANOVA, components, _ndc(components), tolerance, rows, pooled, alpha, tuple(notes))


def _anova(values: FloatArray) -> tuple[AnovaRow, ...]:
    """Two-way analysis of variance with interaction.

    Part and operator are held against the interaction, it against repeatability.
    """
    parts, operators, trials = values.shape
    grand = values.mean()
    by_part, by_operator, by_cell = values.mean(axis=(1, 2)), values.mean(axis=(0, 2)), values.mean(axis=2)
    squares = {
        "part": operators * trials * float(np.sum((by_part - grand) ** 2)),
        "operator": parts * trials * float(np.sum((by_operator - grand) ** 2)),
        "interaction": trials * float(np.sum((by_cell - by_part[:, None] - by_operator[None, :] + grand) ** 2)),
        "repeatability": float(np.sum((values - by_cell[:, :, None]) ** 2)),
    }
    # differences of equal readings leave a rest of a few last bits, which is no variation
    rest = values.size * (8 * np.finfo(np.float64).eps * float(np.max(np.abs(values)))) ** 2
    squares = {source: square if square > rest else 0.0 for source, square in squares.items()}
    freedom = {
        "part": parts - 1,
        "operator": operators - 1,
        "interaction": (parts - 1) * (operators - 1),
        "repeatability": parts * operators * (trials - 1),
    }
    mean = {source: squares[source] / freedom[source] for source in squares}
    against = {"part": "interaction", "operator": "interaction", "interaction": "repeatability"}
    rows = []
    for source in squares:
        below = against.get(source)
        f = mean[source] / mean[below] if below and mean[below] > 0 else None
        p = None if f is None or below is None else f_tail(f, freedom[source], freedom[below])
        rows.append(AnovaRow(source, freedom[source], squares[source], mean[source], f, p))
    total = float(np.sum((values - grand) ** 2))
    rows.append(AnovaRow("total", values.size - 1, total, total / (values.size - 1), None, None))
    return tuple(rows)


def _by_range(study: Study, tolerance: float | None) -> GaugeStudy:
    parts, operators, trials = study.values.shape
    equipment = float(np.ptp(study.values, axis=2).mean()) / d2(trials)
    appraiser_range = float(np.ptp(study.values.mean(axis=(0, 2))))
    part_range = float(np.ptp(study.values.mean(axis=(1, 2))))
    raw = {
        "repeatability": equipment**2,
        "operator": (appraiser_range / _d2_of_one(operators)) ** 2 - equipment**2 / (parts * trials),
        "part": (part_range / _d2_of_one(parts)) ** 2,
    }
    components = _components(raw, tolerance)
    notes = [
        f"the variance of {each.source} came out negative and is taken as 0" for each in components if each.negative
    ]
    return GaugeStudy(Method.RANGE, components, _ndc(components), tolerance, notes=tuple(notes))


def _d2_of_one(n: int) -> float:
    """d2* for a single range: the root mean square of the range, so that its square is unbiased for the variance."""
    return math.hypot(d2(n), d3(n))


def _components(raw: dict[str, float], tolerance: float | None) -> tuple[Component, ...]:
    """Every component with its sums, in the order reports have them; a negative variance becomes 0."""
    kept = {source: max(0.0, variance) for source, variance in raw.items()}
    reproducibility = kept["operator"] + kept.get("interaction", 0.0)
    gauge = kept["repeatability"] + reproducibility
    variances = {
        "gauge_rr": gauge,
        "repeatability": kept["repeatability"],
        "reproducibility": reproducibility,
    }
    variances |= {source: kept[source] for source in ("operator", "interaction", "part") if source in kept}
    variances["total"] = gauge + kept["part"]
    total = variances["total"]
    return tuple(
        Component(
            source=source,
            variance=variance,
            estimate=raw.get(source, variance),
            sd=math.sqrt(variance),
            contribution_percent=100 * (variance / total) if total > 0 else None,
            study_variation_percent=100 * math.sqrt(variance / total) if total > 0 else None,
            tolerance_percent=None if tolerance is None else 100 * STUDY_WIDTH * math.sqrt(variance) / tolerance,
            negative=raw.get(source, variance) < 0,
        )
        for source, variance in variances.items()
    )


def _ndc(components: tuple[Component, ...]) -> int | None:
    sd = {each.source: each.sd for each in components}
    return math.floor(DISTINCT * sd["part"] / sd["gauge_rr"]) if sd["gauge_rr"] > 0 else None
