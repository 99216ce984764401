"""`station inspect` and `station gauges`: results from files and as files, and the gauges with what was measured with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station_app.cli.output import FOUND, USAGE, JsonOption, as_json_time, fail, reporting, say, say_json, settings
from station_app.domain.counts import counted

if TYPE_CHECKING:
    from station_app.domain.inspection.gauges import Affected, GaugeState
    from station_app.domain.inspection.importing import Matched
    from station_app.domain.inspection.qif import QifResults, QifValue

inspect = typer.Typer(no_args_is_help=True, help="Results of inspections: from files (QIF) and as files (CSV).")
gauges = typer.Typer(no_args_is_help=True, help="The gauges of a station, and what was measured with one.")
ConfigFile = Annotated[Path, typer.Option("--config", "-c", help="The station's station.toml.")]
DEFAULT_CONFIG = Path("station.toml")
AsJson = Annotated[bool, JsonOption]
MOST_SHOWN = 40


@inspect.command("import-qif")
@reporting
def import_qif(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Results in QIF 2.1 or 3.0.")],
    plan: Annotated[Path | None, typer.Option(help="A TOML file with the [[plan]] to link the values to.")] = None,
    unit: Annotated[str, typer.Option(help="The unit of lengths, where the file declares none.")] = "",
    angle_unit: Annotated[str, typer.Option(help="The unit of angles, where the file declares none.")] = "",
    as_json: AsJson = False,
) -> None:
    """The values of a coordinate measuring machine with their verdicts. Exit code 1 when any is out of tolerance.

    With --plan they are linked to its characteristics and converted to its units; nothing is recorded.
    """
    from station_app.domain.inspection.importing import ImportFault, match_qif
    from station_app.domain.inspection.qif import QifError, read_qif
    from station_app.domain.inspection.safe_xml import MAX_BYTES

    if file.stat().st_size > MAX_BYTES:
        fail(f"{file}: it has {file.stat().st_size} bytes; at most {MAX_BYTES} are read", USAGE)
    try:
        results = read_qif(file.read_bytes())
        matched = None if plan is None else match_qif(results, _plan(plan), unit, angle_unit)
    except (QifError, ImportFault) as error:
        fail(f"{file}: {error}", USAGE)
    if as_json:
        say_json(_qif_json(results, matched))
    else:
        _say_qif(results, matched)
    if results.out_of_tolerance:
        raise typer.Exit(FOUND)


def _plan(file: Path) -> Any:
    """The plan in a TOML file; every fault of the file ends the command."""
    from station_app.domain.inspection.plan import InspectionPlan, decode_plan
    from station_app.storage.master_files import MasterFileError, read_master_path

    try:
        files = read_master_path(file, lambda _secret: "")
    except MasterFileError as error:
        fail("\n".join(str(fault) for fault in error.faults), USAGE)
    plans = [decode_plan(p.body, p.sha256) for p in files.publications if p.kind == InspectionPlan.kind]
    if len(plans) != 1:
        fail(f"{file}: it holds {len(plans)} inspection plans; one is needed", USAGE)
    return plans[0]


def _notes(results: QifResults) -> list[str]:
    notes = []
    if not results.units.linear:
        notes.append("The file declares no unit for lengths: its values can be judged by its own limits only.")
    if results.contradicted:
        notes.append(
            f"{counted(len(results.contradicted), 'value has', 'values have')} another status in the file than the limits give."
        )
    if results.skipped:
        notes.append(f"Left out, because without a number: {counted(results.skipped, 'characteristic')}.")
    return notes


def _value_json(value: QifValue) -> dict[str, Any]:
    def text(number: object) -> str | None:
        return None if number is None else str(number)

    return {
        "part": value.part,
        "characteristic": value.characteristic,
        "designator": value.designator,
        "type": value.type,
        "value": value.value_text,
        "unit": value.unit,
        "nominal": text(value.nominal),
        "lower": text(value.lower),
        "upper": text(value.upper),
        "status": value.status,
        "outcome": text(value.outcome),
    }


def _qif_json(results: QifResults, matched: Matched | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "version": results.version,
        "product": results.product,
        "units": {"linear": results.units.linear, "angular": results.units.angular},
        "count": len(results.values),
        "out_of_tolerance": [_value_json(value) for value in results.out_of_tolerance],
        "contradicted": [_value_json(value) for value in results.contradicted],
        "skipped": results.skipped,
        "notes": _notes(results),
        "values": [_value_json(value) for value in results.values],
    }
    if matched is not None:
        answer["linked"] = [
            {"part": v.part, "characteristic": v.characteristic.id, "value": v.text, "unit": v.characteristic.unit}
            for v in matched.values
        ]
        answer["not_in_plan"] = list(matched.unknown)
    return answer


def _say_qif(results: QifResults, matched: Matched | None) -> None:
    for value in results.values[:MOST_SHOWN]:
        say(_line(value))
    if len(results.values) > MOST_SHOWN:
        say(f"... and {len(results.values) - MOST_SHOWN} more (--json lists all)")
    bad = results.out_of_tolerance
    say(f"{counted(len(results.values), 'value')} of {results.product or 'a product'}, {len(bad)} out of tolerance")
    for value in bad:
        say("  " + _line(value))
    if matched is not None:
        say(f"{len(matched.values)} linked to the plan; not in it: {', '.join(matched.unknown) or 'none'}")
    for note in _notes(results):
        say(note)


def _line(value: QifValue) -> str:
    limits = f"[{'-' if value.lower is None else value.lower} to {'-' if value.upper is None else value.upper}]"
    return f"{value.part:12} {value.characteristic:24} {value.value_text} {value.unit} {limits} {value.outcome or ''}".rstrip()


@inspect.command()
@reporting
def export(
    config_file: ConfigFile = DEFAULT_CONFIG,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write here instead of standard output.")] = None,
    serial: Annotated[str, typer.Option(help="Only this unit.")] = "",
    lot: Annotated[str, typer.Option(help="Only this lot.")] = "",
) -> None:
    """Every result recorded at a station as CSV. Works beside the running application."""
    from station_app.cli.records import journal_path
    from station_app.domain.chain import REC
    from station_app.services.inspection_export import results_csv
    from station_app.storage.journal.read_only import ReadOnlyJournal

    config = settings(config_file)
    with ReadOnlyJournal(journal_path(config), config.station.path) as journal:
        text = results_csv(journal.all_rows(REC), serial, lot)
    if csv is None:
        sys.stdout.write(text)
        return
    # the mark tells a spreadsheet that it is UTF-8
    csv.write_text(text, encoding="utf-8-sig", newline="")
    say(f"{len(text.splitlines()) - 1} results written to {csv}")


@gauges.command("list")
@reporting
def list_gauges(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Every gauge as it stands at a station. Exit code 1 when one cannot be used now."""
    from station_app.cli.records import journal_path
    from station_app.domain.chain import REC
    from station_app.domain.inspection.gauges import gauges_of
    from station_app.services.gauge_register import local_us, register_of
    from station_app.services.library import book_of
    from station_app.storage.clock import SystemClock
    from station_app.storage.journal.read_only import ReadOnlyJournal

    config = settings(config_file)
    with ReadOnlyJournal(journal_path(config), config.station.path) as journal:
        book = book_of(journal.master)
        register = register_of((journal.station, row) for row in journal.all_rows(REC))
    states = [register.state(tool) for tool in gauges_of(book.tools.values())]
    now_us = local_us(SystemClock())
    if as_json:
        say_json([_gauge_json(state, now_us) for state in states])
    else:
        for state in states:
            due = f"due {state.due}" if state.due else "no calibration"
            say(
                f"{state.tool.id:12} {state.tool.tool_class:28} {state.status:10} {due:18} {state.fault('', now_us)}".rstrip()
            )
        say(counted(len(states), "gauge"))
    if any(state.fault("", now_us) for state in states):
        raise typer.Exit(FOUND)


def _gauge_json(state: GaugeState, now_us: int) -> dict[str, Any]:
    return {
        "gauge": state.tool.id,
        "title": state.tool.title,
        "class": state.tool.tool_class,
        "unit": state.tool.unit,
        "resolution": state.tool.resolution,
        "status": state.status,
        "reason": state.reason,
        "due": state.due or None,
        "certificate": state.certificate,
        "calibrations": len(state.calibrations),
        "fault": state.fault("", now_us),
    }


@gauges.command()
@reporting
def affected(
    gauge: Annotated[str, typer.Argument(help="The gauge's number.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    url: Annotated[
        str, typer.Option("--url", envvar="STATION_READER_URL", help="A reader's login: ask the whole line instead.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """What was measured with a gauge since its last good calibration; exit code 1 when it was found out of order.

    From the records of one station, or with a reader's --url from those of every station.
    """
    found = _affected_in_line(gauge, url) if url else _affected_here(gauge, config_file)
    if as_json:
        say_json(_affected_json(found))
    else:
        since = as_json_time(found.since_us) or "the beginning"
        say(f"{found.gauge}: {found.reason}")
        say(f"measured since {since}" + (f" until {as_json_time(found.until_us)}" if found.until_us else ""))
        for use in found.uses:
            what = f"{use.characteristic} {use.value_text}".strip()
            say(f"  {as_json_time(use.at_us)}  {use.serial or use.lot:16} {what:32} {use.station}")
        say(f"{counted(len(found.units), 'unit or lot', 'units or lots')}: {', '.join(found.units) or 'none'}")
    if found.until_us is not None and found.uses:
        raise typer.Exit(FOUND)


def _affected_here(gauge: str, config_file: Path) -> Affected:
    from station_app.cli.records import journal_path
    from station_app.services.gauge_register import affected_by
    from station_app.storage.journal.read_only import ReadOnlyJournal

    config = settings(config_file)
    with ReadOnlyJournal(journal_path(config), config.station.path) as journal:
        return affected_by(journal, gauge)


def _affected_in_line(gauge: str, url: str) -> Affected:
    from station_app.storage.shared.address import AddressError, DatabaseAddress
    from station_app.storage.shared.gauges import gauge_in_line

    try:
        address = DatabaseAddress.from_url(url)
    except AddressError as error:
        fail(f"--url: {error}", USAGE)
    return gauge_in_line(address, gauge).affected(gauge)


def _affected_json(found: Affected) -> dict[str, Any]:
    return {
        "gauge": found.gauge,
        "reason": found.reason,
        "since": as_json_time(found.since_us),
        "until": as_json_time(found.until_us),
        "units": list(found.units),
        "uses": [
            {
                "serial": use.serial,
                "lot": use.lot,
                "characteristic": use.characteristic,
                "value": use.value_text,
                "time": as_json_time(use.at_us),
                "person": use.actor,
                "station": use.station,
                "rec_id": use.rec_id,
            }
            for use in found.uses
        ],
    }
