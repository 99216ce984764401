"""Checks as they are authored: every type's own rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.domain.checks import Check, MeasureCheck
from station_app.domain.toml_document import read_toml
from station_app.storage.instructions.checks import read_check
from station_app.storage.instructions.media import MediaFolder

COMMON = 'id = "a"\ntitle = "A"\n'
MEASURE = COMMON + 'type = "measure"\ncharacteristic = "c"\n'
MACHINE = COMMON + 'type = "machine_value"\ncharacteristic = "c"\ntag = "t"\n'
SCAN = COMMON + 'type = "scan"\nmaterial = "m"\n'
TOOL = COMMON + 'type = "tool"\ntool_class = "wrench"\n'
TIGHTENING = COMMON + 'type = "tightening"\ncharacteristic = "c"\ntorque = { unit = "Nm", lower = 7.9, upper = 9.1 }\n'
CHOICE = (
    COMMON + 'type = "choice"\noption = [{ id = "yes", text = "Yes" }, { id = "no", text = "No", passes = false }]\n'
)
TIMER = COMMON + 'type = "timer"\nduration_s = 60\n'
CHECKLIST = COMMON + 'type = "checklist"\nitem = [{ id = "a", text = { en = "Clean", de = "Sauber" } }]\n'
SIGNATURE = COMMON + 'type = "signature"\nrole = "supervisor"\nmeaning = "released for test"\n'
PHOTO = COMMON + 'type = "photo"\ncamera = "c"\n'


def read(text: str) -> tuple[Check | None, list[str]]:
    document = read_toml(text, "")
    check = read_check(document.table, MediaFolder(Path("no folder")))
    return check, [f"{fault.key}: {fault.message}" for fault in document.faults]


@pytest.mark.parametrize(
    "text",
    [
        COMMON + 'type = "confirm"',
        SCAN,
        SCAN + 'tracked = "serial"',
        SCAN + "quantity = 0.5",
        MEASURE + "limits = { upper = 1 }",
        MEASURE + "limits = { lower = 1, upper = 1 }",
        MACHINE + "limits = { lower = -1.5 }",
        PHOTO,
        TOOL,
        TIGHTENING,
        TIGHTENING
        + 'angle = { unit = "°", lower = 40 }\ncount = 4\ntorque_tag = "t"\nangle_tag = "a"\ncycle_tag = "n"',
        CHOICE,
        COMMON + 'type = "text"\npattern = "[A-Z]{2}"\nexample = "AB"',
        COMMON + 'type = "number"\nunit = "kg"',
        COMMON + 'type = "number"\ndecimals = 1\nlimits = { unit = "kg", upper = 2.5 }',
        TIMER,
        TIMER + 'starts = "step"\nat_most_s = 90',
        CHECKLIST,
        SIGNATURE,
        MACHINE + 'limits = { upper = 1 }\nmode = "wait"\nhold_s = 5',
        MACHINE + 'limits = { upper = 1 }\nmode = "window"\nstatistic = "maximum"',
    ],
)
def test_good_checks(text: str) -> None:
    check, faults = read(text)
    assert faults == []
    assert check is not None
    assert check.id == "a"


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        (COMMON, "type", "is missing"),
        (COMMON + 'type = "mesure"', "type", 'Did you mean "measure"'),
        (COMMON + "type = 1", "type", "is not text"),
        ('type = "confirm"\ntitle = "A"', "id", "is missing"),
        ('type = "confirm"\nid = "A B"\ntitle = "A"', "id", "not written as it must be"),
        ('type = "confirm"\nid = "a"', "title", "is missing"),
        (COMMON + 'type = "confirm"\nlimits = { upper = 1 }', "limits", "is not known here"),
        (COMMON + 'type = "scan"', "material", "is missing"),
        (SCAN + 'tracked = "batch"', "tracked", "not one of"),
        (SCAN + 'tracked = "serial"\nquantity = 2', "quantity", "must be 1"),
        (SCAN + "quantity = 0", "quantity", "too small"),
        (MEASURE, "", "has no limits"),
        (MEASURE + "limits = 5", "limits", "is not a table"),
        (MEASURE + 'limits = { unit = "mm" }', "limits", "neither lower nor upper"),
        (MEASURE + "limits = { lower = 2, upper = 1 }", "limits.lower", "is above upper (1)"),
        (MEASURE + "limits = { upper = 1, nominal = 2 }", "limits.nominal", "is outside the limits (at most 1)"),
        (MEASURE + 'limits = { upper = "1,5" }', "limits.upper", "has a comma"),
        (MEASURE + "limits = { upper = nan }", "limits.upper", "can be compared"),
        (MEASURE + "limits = { uper = 1, lower = 0 }", "limits.uper", 'Did you mean "upper"'),
        (MEASURE + "limits = { upper = 1.125 }", "decimals", "is less than upper = 1.125 has"),
        (MEASURE + "limits = { upper = 1 }\ndecimals = 7", "decimals", "too large"),
        (MEASURE + "limits = { upper = 1 }\nprogram = 't'", "program", "is not known here"),
        (MACHINE + "limits = { upper = 1 }\ndecimals = 1", "decimals", "is not known here"),
        (COMMON + 'type = "machine_value"\ncharacteristic = "c"\nlimits = { upper = 1 }', "tag", "is missing"),
        (MACHINE.replace('"t"', '"a b"') + "limits = { upper = 1 }", "tag", "not written as it must be"),
        (COMMON + 'type = "photo"', "camera", "is missing"),
        (PHOTO + "min_brightness = 300", "min_brightness", "too large"),
        (PHOTO + "min_sharpness = -1", "min_sharpness", "too small"),
        (TIGHTENING + 'torque_tag = "t"', "torque_tag", "needs the counter"),
        (TIGHTENING + 'angle_tag = "a"', "angle_tag", "without torque_tag"),
        (TIGHTENING + "count = 0", "count", "too small"),
        (TIGHTENING.replace("7.9", "7.95") + "decimals = 1", "decimals", "is less than lower = 7.95"),
        (CHOICE.replace(', { id = "no", text = "No", passes = false }', ""), "option", "is the only one"),
        (CHOICE.replace('text = "Yes"', 'text = "Yes", passes = false'), "option", "none of them passes"),
        (CHOICE.replace('"no"', '"yes"'), "option[2].id", "is used twice"),
        (COMMON + 'type = "text"\npattern = "[A"', "pattern", "is no regular expression"),
        (COMMON + 'type = "text"\npattern = "[A-Z]"', "pattern", "is not explained"),
        (COMMON + 'type = "text"\npattern = "[A-Z]"\nexample = "1"', "example", "does not match"),
        (COMMON + 'type = "number"\nunit = "kg"\nlimits = { unit = "kg", upper = 2 }', "unit", "stands in the limits"),
        (COMMON + 'type = "timer"', "duration_s", "is missing"),
        (TIMER + "at_most_s = 30", "at_most_s", "is less than duration_s"),
        (COMMON + 'type = "checklist"', "item", "is missing"),
        (SIGNATURE.replace("supervisor", "boss"), "role", "not one of"),
        (MACHINE + 'limits = { upper = 1 }\nmode = "wait"', "", "waits, but not for how long"),
        (MACHINE + "limits = { upper = 1 }\nhold_s = 5", "hold_s", "has no meaning"),
        (MACHINE + 'limits = { upper = 1 }\nstatistic = "mean"', "statistic", "has no meaning"),
        (COMMON.replace('"A"', '{ de = "A" }') + 'type = "confirm"', "title.en", "is missing"),
        (COMMON.replace('"A"', '{ en = "A", german = "A" }') + 'type = "confirm"', "title.german", "is no language"),
        (PHOTO + "code_is_unit = 1", "code_is_unit", "neither true nor false"),
    ],
)
def test_faulty_checks(text: str, key: str, message: str) -> None:
    _, faults = read(text)
    assert len(faults) == 1, faults
    assert faults[0].startswith(f"{key}: ")
    assert message in faults[0]


def test_trailing_zeros_count_as_decimals() -> None:
    check, faults = read(MEASURE + "limits = { upper = 0.020 }\ndecimals = 3")
    assert faults == []
    assert isinstance(check, MeasureCheck)
    assert str(check.limits.upper) == "0.020"
    assert read(MEASURE + "limits = { upper = 0.020 }\ndecimals = 2")[1]


def test_texts_in_other_languages_and_values_by_variant() -> None:
    check, faults = read(
        'type = "measure"\nid = "a"\ncharacteristic = "c"\n'
        'title = { en = "Play", de = "Spiel" }\nreaction = { en = "Again", de = "Nochmal" }\n'
        'limits = { unit = "mm", lower = "{play_min}", upper = 0.15 }'
    )
    assert faults == []
    assert isinstance(check, MeasureCheck)
    assert (check.title, check.title_in("de"), check.title_in("cs")) == ("Play", "Spiel", "Play")
    assert (check.reaction_in("en"), check.reaction_in("de")) == ("Again", "Nochmal")
    assert check.bindings == {"limits.lower": "play_min"}
    assert check.limits.lower is None
