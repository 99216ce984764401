"""What contradicts within one work master is found when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.domain.fault import Fault
from station_app.domain.work_master import WorkMaster
from station_app.storage.instructions.folder import InstructionError, read_work_master_folder
from tests.unit.storage.instructions.authored_work_master import DOCUMENT, make_folder

CHOICE = """
[[step.check]]
type = "choice"
id = "burrs"
title = "Burrs?"
option = [{ id = "none", text = "None" }, { id = "some", text = "Some" }]

[[step.check]]
type = "number"
id = "count"
title = "Count"

[[step.check]]
type = "text"
id = "label"
title = "Label"
pattern = "LB-[0-9]+"
example = "LB-1"

[[step]]
id = "measure"
"""
VARIANTS = """
[[parameter]]
name = "force_max"
unit = "kN"

[[variant]]
id = "small"
product = "GX-40"
values = { force_max = 14.0 }

[[variant]]
id = "large"
product = "GX-50"
values = { force_max = 21.50 }

[[step]]
id = "place"
"""
MEASURE = '\n[[step]]\nid = "measure"\n'
WITH_CHOICE = ('\n[[step]]\nid = "measure"\n', CHOICE)
WITH_VARIANTS = ('\n[[step]]\nid = "place"\n', VARIANTS)
BOUND = ("upper = 14 }", 'upper = "{force_max}" }')


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(InstructionError) as caught:
        read_work_master_folder(folder)
    return list(caught.value.faults)


def read(folder: Path) -> WorkMaster:
    return read_work_master_folder(folder)[0]


def condition(text: str, to: str = "measure") -> tuple[str, str]:
    return (f'id = "{to}"\n', f'id = "{to}"\ncondition = [{{ {text} }}]\n')


def test_conditions_on_an_earlier_answer_and_on_a_variant(tmp_path: Path) -> None:
    folder = make_folder(
        tmp_path,
        WITH_VARIANTS,
        WITH_CHOICE,
        BOUND,
        condition('variants = ["large"], step = "place", check = "burrs", answers = ["some"]'),
    )
    work_master = read(folder)
    assert work_master.steps[1].conditions[0].answers == ("some",)
    assert work_master.products() == ("GX-40", "GX-50")
    assert work_master.variants[1].values == {"force_max": "21.50"}, "numbers keep the digits they were written with"


@pytest.mark.parametrize(
    ("text", "to", "key", "message"),
    [
        ('step = "place", check = "burs", answers = ["some"]', "measure", "check", 'Did you mean "burrs"'),
        ('step = "place", check = "burrs", answers = ["many"]', "measure", "answers[1]", "is no answer of burrs"),
        ('step = "plac", check = "burrs", answers = ["some"]', "measure", "step", 'Did you mean "place"'),
        ('step = "measure", check = "bore", answers = ["1"]', "measure", "step", "is the step itself"),
        ('step = "measure", check = "bore", answers = ["1"]', "place", "step", "comes later"),
        (
            'step = "place", check = "placed", answers = ["yes"]',
            "measure",
            "check",
            "is a confirm check, which has no answer",
        ),
        ('step = "place", check = "count", answers = ["five"]', "measure", "answers[1]", "is no answer of count"),
        ('step = "place", check = "label", answers = ["LB1"]', "measure", "answers[1]", "what matches LB-[0-9]+"),
        ('step = "place", check = "burrs"', "measure", "", "incompletely"),
        ("", "measure", "", "says nothing"),
        ('variants = ["huge"]', "measure", "variants[1]", "is no variant"),
    ],
)
def test_conditions_that_cannot_hold(tmp_path: Path, text: str, to: str, key: str, message: str) -> None:
    faults = faults_of(make_folder(tmp_path, WITH_CHOICE, condition(text, to)))
    assert len(faults) == 1, faults
    assert faults[0].key.endswith(f"condition[1]{'.' if key else ''}{key}")
    assert message in str(faults[0])
    assert faults[0].line > 0


def test_a_circle_of_conditions_is_named(tmp_path: Path) -> None:
    faults = faults_of(
        make_folder(
            tmp_path,
            WITH_CHOICE,
            condition('step = "measure", check = "bore", answers = ["1"]', "place"),
            condition('step = "place", check = "burrs", answers = ["some"]'),
        )
    )
    assert [fault.message for fault in faults] == ["makes a circle: step measure depends on this one"]


def test_a_circle_of_three_steps_is_named_too(tmp_path: Path) -> None:
    asked = CHOICE.replace('id = "measure"', 'id = "middle"')
    folder = make_folder(
        tmp_path,
        (MEASURE, asked + CHOICE),
        condition('step = "measure", check = "bore", answers = ["1"]', "place"),
        condition('step = "place", check = "burrs", answers = ["some"]', "middle"),
        condition('step = "middle", check = "burrs", answers = ["some"]'),
    )
    (folder / "steps" / "03-middle.en.md").write_text("# Middle\n", encoding="utf-8")
    assert [fault.message for fault in faults_of(folder)] == ["makes a circle: step measure depends on this one"]


def test_a_failure_never_leads_into_a_step_of_another_variant(tmp_path: Path) -> None:
    variant, rework = (
        condition('variants = ["small"]', "place"),
        ('id = "measure"\n', 'id = "measure"\nrework_step = "place"\n'),
    )
    (fault,) = faults_of(make_folder(tmp_path, WITH_VARIANTS, BOUND, variant, rework))
    assert (fault.key, fault.message) == ("step[2].rework_step", "is not done for large")
    both = condition('variants = ["small"]')
    assert (
        read(make_folder(tmp_path, WITH_VARIANTS, BOUND, variant, rework, both, name="b")).steps[1].rework_step
        == "place"
    )


def test_rework_leads_back(tmp_path: Path) -> None:
    back = read(make_folder(tmp_path, ('id = "measure"\n', 'id = "measure"\nrework_step = "place"\n')))
    assert back.steps[1].rework_step == "place"
    faults = faults_of(make_folder(tmp_path, ('id = "place"\n', 'id = "place"\nrework_step = "measure"\n'), name="b"))
    assert [fault.message for fault in faults] == ["comes later"]


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("values = { force_max = 21.50 }", "values = {}", "variant[2].values", "force_max has no value"),
        ("force_max = 21.50", 'force_max = 21.50, force = "4"', "variant[2].values", "force is no parameter"),
        ("force_max = 21.50", 'force_max = "21,50"', "variant[2].values", "used as a number and is none"),
        ('product = "GX-50"', 'product = "GX-40"', "variant[2].product", "is used twice"),
        ("{force_max}", "{force_min}", "step[2].check[2].limits", "force_min is no parameter"),
        ('unit = "kN", upper', 'unit = "kN", lower = 16, upper', "step[2].check[2].limits", "small gives 16 to 14.0"),
        ('product = "GX-50"', 'product = "GX-50"\nid_ = "x"', "variant[2].id_", "is not known here"),
    ],
)
def test_variants_that_do_not_fit(tmp_path: Path, old: str, new: str, key: str, message: str) -> None:
    faults = faults_of(make_folder(tmp_path, WITH_VARIANTS, BOUND, (old, new)))
    assert len(faults) == 1, faults
    assert faults[0].key == key
    assert message in str(faults[0])


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (
            'type = "timer"\nduration_s = "{force_max}"\nat_most_s = 20',
            "variant large gives 21.5. Allowed: at most at_most_s (20)",
        ),
        ('type = "timer"\nduration_s = "{short}"', "variant large gives 0.5. Allowed: a number from 1"),
        ('type = "scan"\nmaterial = "{part}"', "variant small gives “?”. Allowed: a part number"),
        (
            'type = "measure"\ncharacteristic = "x"\ndecimals = 1\nlimits = { upper = "{force_max}" }',
            "variant large gives upper = 21.50. Allowed: decimals = 2 or more",
        ),
        (
            'type = "measure"\ncharacteristic = "x"\nlimits = { upper = "{force_max}", nominal = 20 }',
            "variant small gives nominal = 20. Allowed: a value within the limits",
        ),
        ('type = "confirm"\nreaction = "Up to {force_mx}."', "names {force_mx}, which is no parameter"),
        (
            'type = "confirm"\nreaction = { en = "x", de = "Bis {force_mx}." }',
            "names {force_mx}, which is no parameter",
        ),
        (
            'type = "checklist"\nitem = [{ id = "a", text = "At {force_mx}" }]',
            "names {force_mx}, which is no parameter",
        ),
    ],
)
def test_what_a_variant_makes_of_a_check_is_as_sound_as_if_it_stood_there(
    tmp_path: Path, check: str, message: str
) -> None:
    values = VARIANTS.replace(
        'name = "force_max"', 'name = "short"\n[[parameter]]\nname = "part"\n[[parameter]]\nname = "force_max"'
    )
    values = values.replace("force_max = 14.0", 'force_max = 14.0, short = 1, part = "?"')
    values = values.replace("force_max = 21.50", 'force_max = 21.50, short = 0.5, part = "6204"')
    added = f'[[step.check]]\nid = "bound"\ntitle = "Bound"\n{check}\n\n[[step]]\nid = "measure"\n'
    faults = faults_of(make_folder(tmp_path, (WITH_VARIANTS[0], values), ('[[step]]\nid = "measure"\n', added)))
    assert [message in str(fault) for fault in faults] == [True], faults
    assert faults[0].line > 0


def test_only_for_of_a_criterion_s_picture_names_a_variant(tmp_path: Path) -> None:
    criterion = 'criterion = [{ text = "Clean", good = { file = "place.svg", only_for = ["huge"] } }]\n'
    (fault,) = faults_of(make_folder(tmp_path, WITH_VARIANTS, BOUND, ('id = "place"\n', 'id = "place"\n' + criterion)))
    assert fault.key == "step[1].criterion[1].good.only_for[1]" and "is no variant" in fault.message


def test_parameters_need_variants_and_texts_name_known_ones(tmp_path: Path) -> None:
    only_parameter = VARIANTS.split("[[variant]]")[0] + '[[step]]\nid = "place"\n'
    folder = make_folder(tmp_path, (WITH_VARIANTS[0], only_parameter))
    assert [fault.key for fault in faults_of(folder)] == ["parameter"]
    folder = make_folder(tmp_path, WITH_VARIANTS, BOUND, name="b")
    (folder / "steps" / "01-place.en.md").write_text("# Place\n\nUp to {force_mx} kN.\n", encoding="utf-8")
    assert "force_mx}, which is no parameter" in str(faults_of(folder)[0])


def test_braces_without_parameters_are_only_braces(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "steps" / "01-place.en.md").write_text("# Place\n\nType {x}.\n", encoding="utf-8")
    assert read(folder).steps[0].text["en"] == "Type {x}."
    assert "{" not in DOCUMENT.replace("{ ", "")
