"""The forms of the page of gauges, each with what is recorded from it: a calibration, a hold or release, a gauge study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from station_app.domain.chain import Row
from station_app.domain.inspection.gauges import HELD, IN_SERVICE, GaugeState
from station_app.domain.master import Tool
from station_app.services.gauge_register import Gauges
from station_app.services.gauge_studies import GaugeStudies
from station_app.ui.fields_dialog import Field, FieldsDialog
from station_app.ui.look import Look


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog, and the verb that takes its answers; the verb raises Refusal."""

    dialog: FieldsDialog
    verb: Callable[[Mapping[str, str]], Future[list[Row]]]


translate = QCoreApplication.translate


def calibration_form(look: Look, gauges: Gauges, gauge: str) -> Form:
    """A certificate: what was found and left, whether the gauge may be used, and until when."""
    yes, no = translate("GaugesPage", "Yes"), translate("GaugesPage", "No")
    fields = [
        Field("certificate", translate("GaugesPage", "Certificate")),
        Field(
            "as_found",
            translate("GaugesPage", "As found"),
            hint=translate("GaugesPage", "largest deviation, for example +0.002 mm"),
        ),
        Field("found", translate("GaugesPage", "Found in order"), choices=(yes, no)),
        Field("as_left", translate("GaugesPage", "As left")),
        Field("usable", translate("GaugesPage", "May be used"), choices=(yes, no)),
        Field("until", translate("GaugesPage", "Valid until"), hint="2027-03-31"),
        Field("by", translate("GaugesPage", "Performed by")),
    ]

    def record(values: Mapping[str, str]) -> Future[list[Row]]:
        return gauges.record_calibration(
            gauge,
            certificate=values["certificate"],
            valid_until=values["until"],
            as_found=values["as_found"],
            found_in_order=values["found"] == yes,
            usable=values["usable"] == yes,
            as_left=values["as_left"],
            performed_by=values["by"],
        )

    title = translate("GaugesPage", "Calibration of {gauge}").format(gauge=gauge)
    return Form(FieldsDialog(look, title, fields, translate("GaugesPage", "Record")), record)


def status_form(look: Look, gauges: Gauges, state: GaugeState) -> Form:
    """Hold a gauge with a reason, or bring one back that is out of service."""
    gauge, release = state.tool.id, state.status != IN_SERVICE
    title = translate("GaugesPage", "Release {gauge}") if release else translate("GaugesPage", "Hold {gauge}")
    status, confirm = (
        (IN_SERVICE, translate("GaugesPage", "Release")) if release else (HELD, translate("GaugesPage", "Hold"))
    )
    dialog = FieldsDialog(
        look, title.format(gauge=gauge), [Field("reason", translate("GaugesPage", "Reason"))], confirm
    )
    return Form(dialog, lambda values: gauges.set_status(gauge, status, values["reason"]))


def study_form(look: Look, studies: GaugeStudies, tool: Tool) -> Form:
    """Parts, operators and trials of a study."""
    fields = [
        Field("what", translate("GaugesPage", "Characteristic"), hint=translate("GaugesPage", "what is measured")),
        Field("parts", translate("GaugesPage", "Parts"), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        Field(
            "operators",
            translate("GaugesPage", "Operators"),
            hint=translate("GaugesPage", "names, separated by commas"),
        ),
        Field("trials", translate("GaugesPage", "Trials"), choices=("2", "3", "4")),
        Field(
            "tolerance",
            translate("GaugesPage", "Tolerance"),
            hint=translate("GaugesPage", "upper less lower limit; empty: none"),
        ),
        Field("unit", translate("GaugesPage", "Unit"), tool.unit or "mm"),
    ]

    def start(values: Mapping[str, str]) -> Future[list[Row]]:
        return studies.start(
            tool.id,
            values["what"],
            _names(values["parts"]),
            _names(values["operators"]),
            int(values["trials"]),
            unit=values["unit"],
            tolerance=values["tolerance"],
        )

    title = translate("GaugesPage", "Gauge study of {gauge}").format(gauge=tool.id)
    return Form(FieldsDialog(look, title, fields, translate("GaugesPage", "Begin")), start)


def _names(text: str) -> list[str]:
    """What is separated by commas or semicolons."""
    return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]
