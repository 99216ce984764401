"""Variants: one work master for several products, resolved to the instruction of one."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from station_app.domain import rules
from station_app.domain.checks import (
    Check,
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    Item,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    Option,
    ScanCheck,
    TighteningCheck,
)
from station_app.domain.media import Callout, Criterion, Picture, Region
from station_app.domain.records import JobParameters
from station_app.domain.variants import VariantError, parameter_values, resolve
from station_app.domain.work_master import Parameter, Variant, WorkMaster
from tests.unit.domain.rules.bench import JobBench, limits, step, work_master


def picture(name: str, *only_for: str) -> Picture:
    return Picture(name, name, 1, "image/png", only_for=only_for)


SMALL = {"force": "11.5", "top": "14.0", "screws": "4", "prog": "P4", "seal": "SEAL-40", "ask": "true"}
LARGE = {"force": "21.5", "top": "24.0", "screws": "6", "prog": "P6", "seal": "SEAL-63", "ask": "false"}
PRESS = MachineValueCheck(
    id="press",
    title="Press to {force} kN",
    characteristic="force",
    tag="press.force",
    limits=limits("11.0", "14.0", "kN"),
    bindings={"limits.lower": "force", "limits.upper": "top"},
    translations={"de": {"title": "Mit {force} kN pressen"}},
)
SCREWS = TighteningCheck(
    id="screws",
    title="Screws",
    characteristic="screws",
    torque=limits("1", "2", "Nm"),
    bindings={"count": "screws", "program": "prog"},
)
SEAL = ScanCheck(id="seal", title="Seal", material="?", bindings={"material": "seal", "needs_expiry": "ask"})
WEIGHT = NumberCheck(id="weight", title="Weight", bindings={"limits.upper": "top"})
LIST = ChecklistCheck(
    id="list", title="List", items=(Item(id="a", text="{screws} screws", translations={"de": "{screws}"}),)
)
ASK = ChoiceCheck(id="ask", title="Ask", options=(Option(id="y", text="It is {prog} {other}"),))
MASTER = work_master(
    step(
        "press",
        PRESS,
        SCREWS,
        SEAL,
        WEIGHT,
        LIST,
        ASK,
        pictures=(picture("all"), picture("s", "small"), picture("l", "large")),
        criteria=(Criterion(text="{prog} seated", good=picture("s", "small"), bad=picture("l", "large")),),
    ),
    title="Assembly {prog}",
    parameters=tuple(Parameter(name=name) for name in SMALL),
    variants=(
        Variant(id="small", product="GX-40", values=SMALL),
        Variant(id="large", product="GX-63", values=LARGE),
    ),
)


def check(master: WorkMaster, check_id: str) -> Check:
    return next(check for check in master.steps[0].checks if check.id == check_id)


@pytest.mark.parametrize(("product", "values"), [("GX-40", SMALL), ("GX-63", LARGE)])
def test_values_come_into_limits_programs_materials_and_numbers(product: str, values: dict[str, str]) -> None:
    resolved = resolve(MASTER, product)
    press, screws, seal = check(resolved, "press"), check(resolved, "screws"), check(resolved, "seal")
    assert isinstance(press, MachineValueCheck) and isinstance(screws, TighteningCheck) and isinstance(seal, ScanCheck)
    assert (press.limits.lower, press.limits.upper) == (Decimal(values["force"]), Decimal(values["top"]))
    assert str(press.limits.upper) == values["top"], "with its resolution"
    assert (screws.count, screws.program) == (int(values["screws"]), values["prog"])
    assert (seal.material, seal.needs_expiry) == (values["seal"], values["ask"] == "true")


def test_a_bound_limit_may_be_the_only_one() -> None:
    weight = check(resolve(MASTER, "GX-63"), "weight")
    assert isinstance(weight, NumberCheck) and weight.limits is not None
    assert (weight.limits.lower, weight.limits.upper) == (None, Decimal("24.0"))


def test_texts_of_every_kind_name_the_values_and_other_braces_stay() -> None:
    resolved = resolve(MASTER, "GX-40")
    press, listed, ask = check(resolved, "press"), check(resolved, "list"), check(resolved, "ask")
    assert (resolved.title, press.title, press.title_in("de")) == (
        "Assembly P4",
        "Press to 11.5 kN",
        "Mit 11.5 kN pressen",
    )
    assert isinstance(listed, ChecklistCheck) and isinstance(ask, ChoiceCheck)
    assert (listed.items[0].text, listed.items[0].text_in("de")) == ("4 screws", "4")
    assert ask.options[0].text == "It is P4 {other}"
    assert resolved.steps[0].criteria[0].text == "P4 seated"


def test_marks_on_pictures_name_the_values() -> None:
    marked = Picture(
        "p.svg", "0" * 64, 1, "image/svg+xml",
        callouts=(Callout("1", 0.1, 0.2, "{force} kN", translations={"de": "mit {force} kN"}),),
        regions=(Region(0.1, 0.1, 0.2, 0.2, "{other} {force}"),),
    )  # fmt: skip
    master = msgspec.structs.replace(
        work_master(step("one", pictures=(marked,), criteria=(Criterion(text="Good", good=marked),))),
        parameters=(Parameter(name="force"),),
        variants=(Variant(id="v", product=work_master(step("one")).product, values={"force": "12"}),),
    )
    (one,) = resolve(master, master.product).steps
    for found in (one.pictures[0], one.criteria[0].good):
        assert found is not None
        assert (found.callouts[0].text, found.callouts[0].translations) == ("12 kN", {"de": "mit 12 kN"})
        assert found.regions[0].text == "{other} 12"


def test_only_the_variant_s_pictures_are_shown() -> None:
    resolved = resolve(MASTER, "GX-63").steps[0]
    assert [shown.file for shown in resolved.pictures] == ["all", "l"]
    assert (resolved.criteria[0].good, resolved.criteria[0].bad) == (None, picture("l", "large"))


def test_resolving_is_the_same_every_time_and_leaves_the_document_alone() -> None:
    before = msgspec.json.encode(MASTER)
    assert resolve(MASTER, "GX-40") == resolve(MASTER, "GX-40")
    assert msgspec.json.encode(MASTER) == before


def test_without_variants_the_document_is_taken_as_it_is() -> None:
    master = work_master(step("a", ConfirmCheck(id="a", title="{a} {b}")))
    assert resolve(master, "GX-40") is master
    assert parameter_values(master, "GX-40") == {}


def faulty(**changes: object) -> WorkMaster:
    return msgspec.structs.replace(MASTER, **changes)


def bound(check: Check) -> WorkMaster:
    return work_master(step("press", check), parameters=MASTER.parameters, variants=MASTER.variants)


MEASURE = MeasureCheck(id="m", title="M", characteristic="m", limits=limits("1", "2"))


@pytest.mark.parametrize(
    ("master", "product", "why"),
    [
        (MASTER, "GX-99", "is for GX-40, GX-63, not for GX-99"),
        (faulty(variants=MASTER.variants[1:]), "GX-40", "has no variant for GX-40"),
        (
            faulty(variants=(Variant(id="small", product="GX-40", values={**SMALL, "top": ""}),)),
            "GX-40",
            "variant small has no value for top",
        ),
        (
            bound(msgspec.structs.replace(MEASURE, bindings={"limits.lower": "prog"})),
            "GX-40",
            "step press, check m: limits.lower cannot be “P4”: it must be a number with a point",
        ),
        (bound(msgspec.structs.replace(SCREWS, bindings={"count": "top"})), "GX-40", "must be a whole number"),
        (bound(msgspec.structs.replace(SEAL, bindings={"needs_expiry": "top"})), "GX-40", "must be true or false"),
        (
            bound(msgspec.structs.replace(MEASURE, bindings={"limits.lower": "force"})),
            "GX-40",
            "lower 11.5 is above upper 2",
        ),
        (bound(msgspec.structs.replace(MEASURE, bindings={"limits.middle": "top"})), "GX-40", "names no field"),
        (bound(msgspec.structs.replace(MEASURE, bindings={"title.x": "top"})), "GX-40", "names no field"),
        (bound(msgspec.structs.replace(MEASURE, bindings={"id": "prog"})), "GX-40", "names no field"),
        (bound(msgspec.structs.replace(MEASURE, bindings={"limits": "top"})), "GX-40", "cannot be bound"),
        (
            bound(msgspec.structs.replace(MEASURE, bindings={"tag": "nothing"})),
            "GX-40",
            "nothing, which is no parameter",
        ),
    ],
)
def test_what_cannot_be_resolved_says_where_and_why(master: WorkMaster, product: str, why: str) -> None:
    with pytest.raises(VariantError) as refused:
        resolve(master, product)
    assert why in str(refused.value)


def test_a_job_records_its_parameters_and_a_restart_resolves_the_same() -> None:
    bench = JobBench(MASTER, "GX-63")  # every commit is folded anew
    assert (bench.job.variant, bench.job.parameters[:2]) == ("large", ("force=21.5", "top=24.0"))
    assert JobParameters.kind in bench.kinds()
    assert bench.job.work_master.title == "Assembly P6"
    assert bench.job.sha256 == "ab", "what is pinned is the released document"


def test_a_job_does_not_start_with_what_cannot_be_resolved() -> None:
    with pytest.raises(rules.Refusal, match="nothing was started"):
        JobBench(MASTER, "GX-99")
