"""Checks as they are authored: every type's own rules."""

from __future__ import annotations

import pytest

from station_app.domain.checks import Check, MeasureCheck
from station_app.domain.toml_document import read_toml
from station_app.storage.instruction_checks import read_check

COMMON = 'id = "a"\ntitle = "A"\n'
MEASURE = COMMON + 'type = "measure"\ncharacteristic = "c"\n'
MACHINE = COMMON + 'type = "machine_value"\ncharacteristic = "c"\ntag = "t"\n'
SCAN = COMMON + 'type = "scan"\nmaterial = "m"\n'
PHOTO = COMMON + 'type = "photo"\ncamera = "c"\n'


def read(text: str) -> tuple[Check | None, list[str]]:
    document = read_toml(text, "")
    check = read_check(document.table)
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
        (MEASURE + "limits = { upper = 1 }\ntag = 't'", "tag", "is not known here"),
        (MACHINE + "limits = { upper = 1 }\ndecimals = 1", "decimals", "is not known here"),
        (COMMON + 'type = "machine_value"\ncharacteristic = "c"\nlimits = { upper = 1 }', "tag", "is missing"),
        (MACHINE.replace('"t"', '"a b"') + "limits = { upper = 1 }", "tag", "not written as it must be"),
        (COMMON + 'type = "photo"', "camera", "is missing"),
        (PHOTO + "min_brightness = 300", "min_brightness", "too large"),
        (PHOTO + "min_sharpness = -1", "min_sharpness", "too small"),
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
