"""The commands of a headless station for inspection, control charts and gauges.

``inspection`` (the rows of the unit in work, or of ``inspection``: an id; ``piece``); ``enter`` (``characteristic``, ``text``
or ``texts``; ``gauge``, ``source``, ``raw``, ``piece``, ``machine``, ``tool``, ``inspection``); ``enter_attribute``
(``characteristic``, ``in_order``, ``defect``); ``enter_count`` (``characteristic``, ``text``); ``confirm_defect``
(``characteristic``, ``defect``); ``import_qif`` (``file``, ``unit``, ``angle_unit``, ``part``, ``gauge``); ``paste``
(``text``); ``start_lot`` (``plan``, ``lot``, ``size``, ``supplier``); ``lots``; ``decide_lot`` (``inspection``, a signer);
``resume_sampling`` (``plan``, ``supplier``, ``level``, ``aql``, ``reason``, a signer);
``release_hold`` (``hold``, ``reason``, a signer); ``charts``; ``chart`` (``chart``); ``cause`` (``signal``, ``cause``,
``text``); ``freeze_limits`` (``chart``, ``reason``, a signer); ``gauges``; ``calibrate`` (``gauge``, ``certificate``,
``valid_until``, ``as_found``, ``found_in_order``, ``usable``); ``gauge_status`` (``gauge``, ``status``, ``reason``);
``affected`` (``gauge``); ``start_study`` (``gauge``, ``characteristic``, ``parts``, ``operators``, ``trials``,
``tolerance``); ``study_reading`` (``study``, ``part``, ``operator``, ``trial``, ``text``); ``end_study`` (``study``,
``method``). A signer is named as for ``sign``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.inspection.importing import ImportFault, Matched, grouped_readings, match_qif, read_paste
from station_app.domain.inspection.qif import QifError, read_qif
from station_app.domain.inspection.results import Inspection
from station_app.domain.inspection.sampling import Scheme
from station_app.domain.quality.gauge_study import Method
from station_app.domain.rules import Refusal
from station_app.services.inspection_entry import Entering
from station_app.services.quality import QualityServices

Command = dict[str, Any]
Saving = Future[list[Row]]
Answer = dict[str, Any]
Verb = Callable[[Command], Saving | Answer]


class InspectionCommands:
    """The commands on a station's inspection services. ``approval`` proves the signer of a command."""

    def __init__(
        self, quality: QualityServices, approval: Callable[[Command], Approval], finish: Callable[[Future[Any]], Any]
    ) -> None:
        self._quality = quality
        self._approval = approval
        self._finish = finish

    def verbs(self) -> dict[str, Verb]:
        """Every command by its name."""
        return {**self._entering_verbs(), **self._lot_verbs(), **self._chart_verbs(), **self._gauge_verbs()}

    def _entering_verbs(self) -> dict[str, Verb]:
        inspecting = self._quality.inspecting
        return {
            "inspection": self._rows,
            "enter": lambda c: inspecting.enter(_entering(c), _id(c)),
            "enter_attribute": lambda c: inspecting.enter_attribute(
                str(c["characteristic"]), bool(c["in_order"]), str(c.get("defect", "")), piece=_whole(c, "piece", 1),
                gauge=str(c.get("gauge", "")), inspection_id=_id(c),
            ),
            "enter_count": lambda c: inspecting.enter_count(
                str(c["characteristic"]), str(c["text"]), str(c.get("defect", "")), piece=_whole(c, "piece", 1),
                gauge=str(c.get("gauge", "")), inspection_id=_id(c),
            ),
            "confirm_defect": lambda c: inspecting.confirm(
                str(c["characteristic"]), str(c["defect"]), piece=_whole(c, "piece", 1), inspection_id=_id(c)
            ),
            "import_qif": self._import_qif,
            "paste": self._paste,
        }  # fmt: skip

    def _lot_verbs(self) -> dict[str, Verb]:
        inspecting = self._quality.inspecting
        return {
            "start_lot": lambda c: inspecting.start_lot(
                str(c["plan"]), str(c["lot"]), _whole(c, "size"), str(c.get("supplier", "")), bool(c.get("original", True))
            ),
            "lots": lambda _c: {"lots": [_lot(each) for each in inspecting.open_lots]},
            "decide_lot": lambda c: inspecting.decide_lot(str(c["inspection"]), self._approval(c)),
            "resume_sampling": lambda c: inspecting.resume_sampling(
                str(c["plan"]), str(c.get("supplier", "")), Scheme(str(c["level"]), str(c["aql"])), str(c["reason"]),
                self._approval(c),
            ),
            "release_hold": lambda c: inspecting.release_hold(str(c["hold"]), str(c["reason"]), self._approval(c)),
        }  # fmt: skip

    def _chart_verbs(self) -> dict[str, Verb]:
        control = self._quality.control
        return {
            "charts": lambda _c: {"charts": [each.chart_id for each in control.charts()]},
            "chart": self._chart,
            "cause": lambda c: control.give_cause(str(c["signal"]), str(c["cause"]), str(c.get("text", ""))),
            "freeze_limits": lambda c: control.freeze(
                control.propose(str(c["chart"])), str(c["reason"]), self._approval(c)
            ),
        }

    def _gauge_verbs(self) -> dict[str, Verb]:
        gauges, studies = self._quality.gauges, self._quality.studies
        return {
            "gauges": lambda _c: {
                "gauges": [{"gauge": s.tool.id, "status": s.status, "due": s.due} for s in gauges.all()]
            },
            "calibrate": lambda c: gauges.record_calibration(
                str(c["gauge"]), certificate=str(c["certificate"]), valid_until=str(c["valid_until"]),
                as_found=str(c["as_found"]), found_in_order=bool(c["found_in_order"]), usable=bool(c.get("usable", True)),
            ),
            "gauge_status": lambda c: gauges.set_status(str(c["gauge"]), str(c["status"]), str(c.get("reason", ""))),
            "affected": lambda c: {"units": list(self._finish(gauges.affected(str(c["gauge"]))).units)},
            "start_study": lambda c: studies.start(
                str(c["gauge"]), str(c["characteristic"]), tuple(map(str, c["parts"])), tuple(map(str, c["operators"])),
                _whole(c, "trials"), tolerance=str(c.get("tolerance", "")),
            ),
            "study_reading": lambda c: studies.record(
                str(c["study"]), str(c["part"]), str(c["operator"]), _whole(c, "trial"), str(c["text"])
            ),
            "end_study": lambda c: studies.finish(str(c["study"]), _method(c)),
        }  # fmt: skip

    # --- what needs a few lines ------------------------------------------------------------------------------------

    def _rows(self, command: Command) -> Answer:
        inspecting = self._quality.inspecting
        inspection = inspecting.inspection(_id(command))
        rows = inspecting.rows(inspection, _whole(command, "piece", 1))
        return {
            "inspection": inspection.inspection_id,
            "plan": f"{inspection.plan.id} {inspection.plan.version}",
            "rows": [
                {
                    "balloon": row.characteristic.balloon,
                    "characteristic": row.characteristic.id,
                    "state": str(row.state),
                    "value": "" if row.result is None else row.result.text,
                    "again_left": row.again_left,
                    "signals": [signal.fact.rule for signal in row.signals],
                }
                for row in rows
            ],
        }

    def _import_qif(self, command: Command) -> Saving:
        try:
            results = read_qif(Path(str(command["file"])).read_bytes())
            plan = self._quality.inspecting.inspection(_id(command)).plan
            matched = match_qif(results, plan, str(command.get("unit", "")), str(command.get("angle_unit", "")))
        except (QifError, ImportFault) as error:
            raise Refusal(str(error)) from error
        except OSError as error:
            raise Refusal(f"{command['file']}: {error.strerror}") from error
        return self._take(matched, "qif", command)

    def _paste(self, command: Command) -> Saving:
        plan = self._quality.inspecting.inspection(_id(command)).plan
        try:
            matched = read_paste(str(command["text"]), plan, bool(command.get("decimal_comma", False)))
        except ImportFault as error:
            raise Refusal(str(error)) from error
        return self._take(matched, "paste", command)

    def _take(self, matched: Matched, source: str, command: Command) -> Saving:
        """The values of one part, in one commit."""
        part = str(command.get("part", ""))
        if not part and len(matched.parts) > 1:
            raise Refusal(f"It holds {len(matched.parts)} parts. Say which: {', '.join(matched.parts[:20])}.")
        values = matched.of_part(part) if part else matched.values
        if not values:
            raise Refusal("It holds no value for a characteristic of the plan.")
        entries = [
            Entering(
                characteristic.id,
                texts,
                source,
                str(command.get("gauge", "")),
                raw_text,
                _whole(command, "piece", 1),
                part=of_part,
            )
            for characteristic, of_part, texts, raw_text in grouped_readings(values)
        ]
        return self._quality.inspecting.enter_many(entries, _id(command))

    def _chart(self, command: Command) -> Answer:
        control, chart_id = self._quality.control, str(command["chart"])
        live = control.live(chart_id)
        limits = None if live.chart is None else live.chart.limits[-1]
        return {
            "chart": chart_id,
            "phase": str(live.phase),
            "points": len(live.groups),
            "limits_version": live.limits_version,
            "center": None if limits is None else limits.center,
            "sigma": None if limits is None else limits.sigma,
            "note": live.note,
            "signals": [
                {"signal": s.fact.signal_id, "rule": s.fact.rule, "text": s.fact.rule_text, "open": s.open}
                for s in control.signals(chart_id)
            ],
        }


def _entering(command: Command) -> Entering:
    texts = command["texts"] if "texts" in command else [command["text"]]
    if not isinstance(texts, list):
        raise Refusal('"texts" is a list of readings.')
    return Entering(
        characteristic=str(command["characteristic"]),
        texts=tuple(str(text) for text in texts),
        source=str(command.get("source", "keypad")),
        gauge=str(command.get("gauge", "")),
        raw_text=str(command.get("raw", "")),
        piece=_whole(command, "piece", 1),
        machine=str(command.get("machine", "")),
        tool=str(command.get("tool", "")),
    )


def _lot(inspection: Inspection) -> Answer:
    missing = sum(1 for _ in inspection.missing())
    return {"inspection": inspection.inspection_id, "lot": inspection.started.lot, "missing": missing}


def _id(command: Command) -> str:
    return str(command.get("inspection", ""))


def _whole(command: Command, key: str, default: int | None = None) -> int:
    value = command.get(key, default) if default is not None else command[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal(f'"{key}" is {value!r}; a whole number is needed.')
    return value


def _method(command: Command) -> Method:
    text = str(command.get("method", Method.ANOVA))
    if text not in list(Method):
        raise Refusal(f'"method" is {text!r}; allowed: {", ".join(Method)}.')
    return Method(text)
