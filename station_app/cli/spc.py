"""`station spc`: control charts, capability, gauge studies and sampling plans from files, without a configuration."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, Protocol, TypeVar

import typer

from station_app.cli.output import USAGE, JsonOption, fail, reporting, say_json

T = TypeVar("T")

if TYPE_CHECKING:
    from station_app.domain.quality.chart import Chart, ChartOptions
    from station_app.domain.quality.run_rules import RunRules
    from station_app.domain.quality.table import Table

    class Reader(Protocol):
        """Reads the table that a command was given; faults name its file."""

        def __call__(self, read: Callable[[Table], T], /) -> T:
            """What ``read`` makes of the table."""


app = typer.Typer(
    no_args_is_help=True,
    help="Control charts, capability, gauge R&R and sampling plans from files; prints all digits with --json.",
)

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=enum.StrEnum)

CHARTS = "xbar-r, xbar-s, i-mr, p, np, c, u, ewma, cusum"
# options that mean something for some charts only
ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "lambda": ("ewma",),
    "width": ("ewma",),
    "asymptotic": ("ewma",),
    "target": ("cusum",),
    "k": ("cusum",),
    "h": ("cusum",),
    "in-sigmas": ("cusum",),
    "laney": ("p", "u"),
}

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A CSV file; comma, semicolon or tab between columns; - reads standard input."),
]
DecimalComma = Annotated[bool, typer.Option("--decimal-comma", help="Numbers are written 1,5 instead of 1.5.")]
AsJson = Annotated[bool, JsonOption]


def computing(command: Callable[P, R]) -> Callable[P, R]:
    """What cannot be computed ends a command with one line and exit code 2."""

    @reporting
    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from station_app.domain.quality.errors import InputError

        try:
            return command(*args, **kwargs)
        except InputError as error:
            fail(str(error), USAGE)

    return run


@app.command()
@computing
def chart(
    file: File,
    kind: Annotated[str, typer.Option("--chart", metavar="CHART", help=f"{CHARTS}.")],
    rules: Annotated[str, typer.Option(help="nelson, we (Western Electric) or none.")] = "nelson",
    center: Annotated[float | None, typer.Option(help="Centre line, instead of the mean.")] = None,
    sigma: Annotated[
        float | None, typer.Option(help="Standard deviation of a reading, instead of an estimate.")
    ] = None,
    baseline: Annotated[int | None, typer.Option(help="Limits from the first N subgroups.", metavar="N")] = None,
    stages: Annotated[
        list[int] | None, typer.Option("--stage", help="A stage begins at subgroup N.", metavar="N")
    ] = None,
    weight: Annotated[float | None, typer.Option("--lambda", help="EWMA: weight of the newest point [0.2].")] = None,
    width: Annotated[float | None, typer.Option(help="EWMA: limits in standard deviations [3].")] = None,
    asymptotic: Annotated[bool, typer.Option("--asymptotic", help="EWMA: limits of an endless history.")] = False,
    target: Annotated[float | None, typer.Option(help="CUSUM: target, instead of the mean.")] = None,
    k: Annotated[float | None, typer.Option(help="CUSUM: reference value, in the readings' unit [0.5 sigma].")] = None,
    h: Annotated[float | None, typer.Option(help="CUSUM: decision interval, in the readings' unit [5 sigma].")] = None,
    in_sigmas: Annotated[bool, typer.Option("--in-sigmas", help="CUSUM: k and h count standard deviations.")] = False,
    laney: Annotated[bool, typer.Option("--laney", help="p, u: Laney's limits for overdispersed counts.")] = False,
    constants: Annotated[str, typer.Option(help="exact, or table: d2 rounded to 3 decimals.")] = "exact",
    trend: Annotated[str, typer.Option(help="nelson-3 counts six points or steps.")] = "points",
    alternating: Annotated[str, typer.Option(help="nelson-4 counts fourteen points or steps.")] = "points",
    outside: Annotated[str, typer.Option("--rule-8", help="nelson-8: both sides present, or either.")] = "both",
    decimal_comma: DecimalComma = False,
    as_json: AsJson = False,
) -> None:
    """Limits, points and broken rules.

    A row is a subgroup, its columns are readings; rows with the same name in a column "subgroup" or "sample" are one.
    For p, np, c and u the columns are count,size. A blank cell is a missing reading.
    """
    from station_app.cli.spc_answers import chart_answer, say_chart
    from station_app.domain.quality.chart import ChartKind, ChartOptions
    from station_app.domain.quality.constants import Constants

    chosen = _choice("chart", kind, ChartKind)
    given = {
        "lambda": weight, "width": width, "asymptotic": asymptotic, "target": target, "k": k, "h": h, "in-sigmas": in_sigmas,
        "laney": laney,
    }  # fmt: skip
    _refuse_for_other_charts(chosen, given)
    options = ChartOptions(
        baseline=baseline,
        stages=tuple(stages or ()),
        center=center,
        sigma=sigma,
        rules=_rules(rules, trend, alternating, outside),
        constants=_choice("constants", constants, Constants),
    )
    made = _make(chosen, lambda read: _read(file, decimal_comma, read), options, given)
    if as_json:
        say_json(chart_answer(made))
    else:
        say_chart(made)


@app.command()
@computing
def capability(
    file: File,
    lsl: Annotated[float | None, typer.Option(help="Lower specification limit.")] = None,
    usl: Annotated[float | None, typer.Option(help="Upper specification limit.")] = None,
    target: Annotated[float | None, typer.Option(help="Target for Cpm [the middle of the limits].")] = None,
    within: Annotated[
        str | None, typer.Option(help="pooled, rbar, sbar, or mr for one reading a row [pooled or mr].")
    ] = None,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    rules: Annotated[
        str, typer.Option(help="Rules that tell whether the process is stable: nelson, we or none.")
    ] = "nelson",
    decimal_comma: DecimalComma = False,
    as_json: AsJson = False,
) -> None:
    """Cp, Cpk, Cpm, Pp and Ppk with their intervals, for one limit or two. A row is a subgroup, its columns are readings."""
    from station_app.cli.spc_answers import capability_answer, say_capability
    from station_app.domain.quality import capability as capabilities
    from station_app.domain.quality.sigma import Estimator
    from station_app.domain.quality.table import subgroups_from

    estimator = None if within is None else _choice("within", within, Estimator, tuple(capabilities.WITHIN))
    specification = capabilities.Specification(lsl, usl, target)
    subgroups = _read(file, decimal_comma, subgroups_from)
    found = capabilities.capability(
        subgroups, specification, estimator, confidence, _rules(rules, "points", "points", "both")
    )
    if as_json:
        say_json(capability_answer(found, capabilities.histogram(subgroups.values)))
    else:
        say_capability(found)


@app.command("gauge-rr")
@computing
def gauge_rr(
    file: File,
    tolerance: Annotated[float | None, typer.Option(help="Upper less lower limit, for the share of it.")] = None,
    method: Annotated[str, typer.Option(help="anova, or range: average and range.")] = "anova",
    alpha: Annotated[float, typer.Option(help="The interaction is pooled when its p is greater.")] = 0.05,
    decimal_comma: DecimalComma = False,
    as_json: AsJson = False,
) -> None:
    """Repeatability and reproducibility of a gauge.

    The columns are part,operator,value; every operator measures every part equally often.
    """
    from station_app.cli.spc_answers import say_study, study_answer
    from station_app.domain.quality import gauge_study
    from station_app.domain.quality.table import study_readings

    chosen = _choice("method", method, gauge_study.Method)
    study = _read(file, decimal_comma, lambda table: gauge_study.study_of(study_readings(table)))
    found = gauge_study.gauge_rr(study, tolerance, chosen, alpha)
    if as_json:
        say_json(study_answer(found))
    else:
        say_study(found)


@app.command("sampling-plan")
@computing
def sampling_plan(
    lot: Annotated[int, typer.Option(help="Units in the lot.")],
    aql: Annotated[str, typer.Option(help="Acceptable quality limit: 0.010 to 1000.")],
    level: Annotated[str, typer.Option(help="I, II, III, S-1, S-2, S-3 or S-4.")] = "II",
    severity: Annotated[str, typer.Option(help="normal, tightened or reduced.")] = "normal",
    as_json: AsJson = False,
) -> None:
    """The single sampling plan of ISO 2859-1: how many to inspect, and how many may fail."""
    from station_app.cli.spc_answers import plan_answer, say_plan
    from station_app.domain.quality import sampling

    found = sampling.sampling_plan(lot, level, aql, _choice("severity", severity, sampling.Severity))
    if as_json:
        say_json(plan_answer(found))
    else:
        say_plan(found)


def _make(kind: str, read: Reader, options: ChartOptions, given: Mapping[str, Any]) -> Chart:
    """The chart of what is read from a table."""
    from station_app.domain.quality import attribute_charts, variables_charts, weighted_charts
    from station_app.domain.quality.table import counts_from, subgroups_from

    if kind in ("p", "np", "c", "u"):
        counts = read(lambda table: counts_from(table, needs_size=kind != "c"))
        if kind == "p":
            return attribute_charts.p_chart(counts, options, given["laney"])
        if kind == "u":
            return attribute_charts.u_chart(counts, options, given["laney"])
        return (attribute_charts.np_chart if kind == "np" else attribute_charts.c_chart)(counts, options)
    subgroups = read(subgroups_from)
    if kind == "ewma":
        usual = weighted_charts.STANDARD_EWMA
        weighting = weighted_charts.EwmaOptions(
            usual.weight if given["lambda"] is None else given["lambda"],
            usual.width if given["width"] is None else given["width"],
            given["asymptotic"],
        )
        return weighted_charts.ewma(subgroups, options, weighting)
    if kind == "cusum":
        sums = weighted_charts.CusumOptions(given["target"], given["k"], given["h"], given["in-sigmas"])
        return weighted_charts.cusum(subgroups, options, sums)
    makes = {"xbar-r": variables_charts.xbar_r, "xbar-s": variables_charts.xbar_s, "i-mr": variables_charts.i_mr}
    return makes[kind](subgroups, options)


def _rules(name: str, trend: str, alternating: str, outside: str) -> RunRules:
    """The run rules with their conventions."""
    from dataclasses import replace

    from station_app.domain.quality.run_rules import RULE_SETS, Counting, Sides

    if name not in RULE_SETS:
        _not_one_of("rules", name, tuple(RULE_SETS))
    return replace(
        RULE_SETS[name],
        trend_counts=_choice("trend", trend, Counting),
        alternating_counts=_choice("alternating", alternating, Counting),
        outside_sides=_choice("rule-8", outside, Sides),
    )


def _read(file: Path, decimal_comma: bool, read: Callable[[Table], T]) -> T:
    """What is read from the table of a file; faults name the file."""
    import sys

    from station_app.domain.quality.errors import DecimalComma, InputError
    from station_app.domain.quality.table import decode, parse_table

    given = str(file) == "-"
    content = sys.stdin.buffer.read() if given else file.read_bytes()
    try:
        return read(parse_table(decode(content), decimal_comma))
    except InputError as error:
        name = "standard input" if given else file
        more = ", or give --decimal-comma for all" if isinstance(error, DecimalComma) else ""
        raise InputError(f"{name}: {error}{more}") from None


def _choice(option: str, text: str, kind: type[E], allowed: tuple[E, ...] = ()) -> E:
    """The member an option names; one line and exit code 2 when there is none."""
    choices = [str(member) for member in allowed or kind]
    if text not in choices:
        _not_one_of(option, text, tuple(choices))
    return kind(text)


def _not_one_of(option: str, text: str, choices: tuple[str, ...]) -> None:
    fail(f"--{option} {text}: choose from {', '.join(choices)}", USAGE)


def _refuse_for_other_charts(kind: str, given: Mapping[str, Any]) -> None:
    for option, kinds in ONLY_FOR.items():
        if given[option] not in (None, False) and kind not in kinds:
            fail(f"--{option} is for {' and '.join(kinds)} charts, not for {kind}", USAGE)
