"""QIF: NIST's real results, units that are declared, and files that must not be believed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.inspection.qif import QifError, QifResults, read_qif
from station_app.domain.outcome import Outcome
from tests.shared_data import shared_data

UNITS = """<FileUnits><PrimaryUnits>
<LinearUnit><SIUnitName>meter</SIUnitName><UnitName>{linear}</UnitName>
<UnitConversion><Factor>{factor}</Factor></UnitConversion></LinearUnit>
<AngularUnit><SIUnitName>radian</SIUnitName><UnitName>degree</UnitName>
<UnitConversion><Factor>0.017453292519943</Factor></UnitConversion></AngularUnit></PrimaryUnits></FileUnits>"""
TOLERANCE = (
    "<Tolerance><MaxValue>{upper}</MaxValue><MinValue>{lower}</MinValue>"
    "<DefinedAsLimit>{limit}</DefinedAsLimit></Tolerance>"
)


def document(
    *,
    version: str = "3.0.0",
    namespace: str = "http://qifstandards.org/xsd/qif3",
    units: str = UNITS.format(linear="mm", factor="0.001"),
    kind: str = "Diameter",
    tolerance: str = TOLERANCE.format(upper="0.1", lower="-0.2", limit="false"),
    value: str = "4.55",
    attributes: str = "",
    status: str = "PASS",
    target: str = "<TargetValue>4.5</TargetValue>",
    head: str = '<?xml version="1.0" encoding="utf-8"?>',
) -> bytes:
    """A small QIF document with one measured value."""
    return f"""{head}<QIFDocument xmlns="{namespace}" versionQIF="{version}" idMax="9">{units}
<Product><PartSet n="1"><Part id="1"><Header><Name>cover</Name></Header></Part></PartSet></Product>
<Characteristics><CharacteristicDefinitions n="1"><{kind}CharacteristicDefinition id="2"><Name>x</Name>{tolerance}
</{kind}CharacteristicDefinition></CharacteristicDefinitions><CharacteristicNominals n="1"><{kind}CharacteristicNominal id="3">
<CharacteristicDefinitionId>2</CharacteristicDefinitionId>{target}</{kind}CharacteristicNominal></CharacteristicNominals>
<CharacteristicItems n="1"><{kind}CharacteristicItem id="4"><Name>Bore</Name>
<CharacteristicNominalId>3</CharacteristicNominalId>
<CharacteristicDesignator><Designator>7</Designator></CharacteristicDesignator></{kind}CharacteristicItem></CharacteristicItems>
</Characteristics><MeasurementsResults><MeasurementResultsSet n="1"><MeasurementResults id="5"><MeasuredCharacteristics>
<CharacteristicActuals n="1"><{kind}CharacteristicActual id="6">
<Status><CharacteristicStatusEnum>{status}</CharacteristicStatusEnum>
</Status><CharacteristicItemId>4</CharacteristicItemId><Value{attributes}>{value}</Value></{kind}CharacteristicActual>
</CharacteristicActuals></MeasuredCharacteristics><ActualComponentIds n="1"><Id>8</Id></ActualComponentIds></MeasurementResults>
</MeasurementResultsSet><ActualComponentSets><ActualComponentSet><ActualComponent id="8"><SerialNumber>S-1</SerialNumber>
</ActualComponent></ActualComponentSet></ActualComponentSets></MeasurementsResults></QIFDocument>""".encode()


@pytest.fixture(scope="module")
def covers() -> QifResults:
    return read_qif(shared_data("nist/cover_results.qif").read_bytes())


def test_560_values_of_which_one_is_out_of_tolerance(covers: QifResults) -> None:
    """NIST, Smart Manufacturing Systems Test Bed: 20 covers with 28 characteristics each."""
    assert (covers.version, covers.product, len(covers.values), covers.skipped) == (
        "2.1.0", "nist_mtc_crada_cover", 560, 0,
    )  # fmt: skip
    (bad,) = covers.out_of_tolerance
    assert (bad.part, bad.characteristic, bad.value_text, bad.upper) == ("20", "Flatness 1", "0.078", Decimal("0.05"))
    assert covers.contradicted == (), "our verdicts are those of the machine"
    assert {value.part for value in covers.values} == {str(number) for number in range(1, 21)}


def test_the_file_declares_no_unit_and_none_is_guessed(covers: QifResults) -> None:
    assert (covers.units.linear, covers.units.angular) == ("", "")
    assert {value.unit for value in covers.values} == {""}


def test_a_value_has_its_requirement_its_unit_and_its_part() -> None:
    results = read_qif(document())
    (value,) = results.values
    assert (value.part, value.characteristic, value.designator, value.type) == ("S-1", "Bore", "7", "Diameter")
    assert (value.value_text, value.unit, value.nominal) == ("4.55", "mm", Decimal("4.5"))
    # deviations from the nominal
    assert (value.lower, value.upper, value.outcome) == (Decimal("4.3"), Decimal("4.6"), Outcome.PASS)


@pytest.mark.parametrize(
    ("kind", "tolerance", "value", "lower", "upper", "unit", "outcome"),
    [
        ("Diameter", TOLERANCE.format(upper="4.6", lower="4.4", limit="true"), "4.61", "4.4", "4.6", "mm", "FAIL"),
        ("Flatness", "<ToleranceValue>0.05</ToleranceValue>", "0.05", None, "0.05", "mm", "PASS"),
        ("Angularity", "<ToleranceValue>0.05</ToleranceValue>", "0.051", None, "0.05", "mm", "FAIL"),
        ("AngleBetween", TOLERANCE.format(upper="1", lower="-1", limit="0"), "5.1", "3.5", "5.5", "°", "PASS"),
        ("Diameter", "<NonTolerance>SET</NonTolerance>", "9", None, None, "mm", None),
    ],
)
def test_tolerances_and_units_of_each_kind(
    kind: str, tolerance: str, value: str, lower: str | None, upper: str | None, unit: str, outcome: str | None
) -> None:
    (found,) = read_qif(document(kind=kind, tolerance=tolerance, value=value)).values
    limits = tuple(None if limit is None else Decimal(limit) for limit in (lower, upper))
    assert ((found.lower, found.upper), found.unit, found.outcome) == (limits, unit, outcome)


def test_qif_2_1_is_read_as_well_as_3_0() -> None:
    old = document(version="2.1.0", namespace="http://qifstandards.org/xsd/qif2")
    assert read_qif(old).values == read_qif(document()).values


def test_a_unit_named_at_the_value_counts_instead_of_the_files() -> None:
    other = UNITS.format(linear="mm", factor="0.001").replace(
        "</FileUnits>",
        "<OtherUnits><LinearUnit><SIUnitName>meter</SIUnitName><UnitName>inch</UnitName><UnitConversion><Factor>0.0254</Factor>"
        "</UnitConversion></LinearUnit></OtherUnits></FileUnits>",
    )
    assert read_qif(document(units=other, attributes=' linearUnit="inch"')).values[0].unit == "in"
    assert read_qif(document(units=other)).values[0].unit == "mm"


def test_a_file_whose_status_contradicts_its_limits_is_noticed() -> None:
    results = read_qif(document(value="9.9"))
    assert results.out_of_tolerance == results.contradicted != ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": "2.0.0"}, "QIF version 2.0.0 is not read; 2.1 and 3.0 are"),
        ({"namespace": "urn:other"}, "is not read"),
        ({"value": "NaN"}, "S-1, Bore: “NaN” is no measured value"),
        ({"value": "INF"}, "is no measured value"),
        ({"value": "1e400"}, "is too large or too small to be meant"),
        ({"value": "4,55"}, "“4,55” is not a number"),
        ({"value": "abc"}, "“abc” is not a number"),
        ({"tolerance": TOLERANCE.format(upper="4.4", lower="4.6", limit="true")}, "are swapped or leave no tolerance"),
        ({"tolerance": TOLERANCE.format(upper="4.5", lower="4.5", limit="true")}, "are swapped or leave no tolerance"),
        ({"kind": "Flatness", "tolerance": "<ToleranceValue>0</ToleranceValue>"}, "a tolerance of 0 cannot be met"),
        ({"target": ""}, "given as deviations and the nominal is missing"),
        ({"units": UNITS.format(linear="mm", factor="0.0254")}, "mm is declared as 0.0254 meter, which it is not"),
        ({"units": UNITS.format(linear="cubit", factor="0.4572")}, "cubit is declared as 0.4572 meter"),
        ({"units": UNITS.format(linear="mm", factor="x")}, "is not a number"),
        ({"units": UNITS.format(linear="mm", factor="0.001").replace("meter", "kelvin")}, "is said to be a linear unit of"),
        ({"head": '<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "b">]>'}, "it has a DOCTYPE, which is not accepted"),
        ({"head": '<!DOCTYPE q SYSTEM "file:///etc/passwd">'}, "it has a DOCTYPE, which is not accepted"),
        ({"head": '<?xml version="1.0" encoding="x-unknown"?>'}, "it is no XML"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place(changes: dict[str, str], told: str) -> None:
    with pytest.raises(QifError, match=r".") as error:
        read_qif(document(**changes))
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is no XML"),
        (b"not xml", "it is no XML: line 1, column 1"),
        (b"<html/>", "it is no QIF document: its root is <html>"),
        (document()[:900], "it is no XML"),
        (b"\xff\xfe" + '<!DOCTYPE q [<!ENTITY a "b">]><q/>'.encode("utf-16-le"), "it has a DOCTYPE"),
        (b"<a>" * 70 + b"</a>" * 70, "nested more than 60 deep"),
        (b'<QIFDocument xmlns="http://qifstandards.org/xsd/qif3" versionQIF="3.0.0"/>', "holds no measurement results"),
    ],
)
def test_what_is_no_qif_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(QifError, match=r".") as error:
        read_qif(content)
    assert told in str(error.value)


def test_values_that_were_not_measured_are_counted_and_left_out() -> None:
    assert read_qif(document(status="NOT_MEASURED")).skipped == 1
    assert read_qif(document(value=" ")).values == ()
