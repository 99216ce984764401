"""Results from outside on the inspector's page: a file or the clipboard, looked at first, then recorded with the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from station_app.domain.inspection.importing import ImportFault, find, match_qif, read_paste
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.inspection.preview import PreviewRow, units_missing
from station_app.domain.inspection.qif import QifError, read_qif
from station_app.domain.inspection.results import Inspection
from station_app.domain.inspection.safe_xml import MAX_BYTES
from station_app.services.inspection_entry import Entering
from station_app.services.posting import when_done
from station_app.ui.file_chooser import FileChooser
from station_app.ui.import_sheet import ImportSheet, Incoming
from station_app.ui.page import Page, Saying, Weight
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.overlay import Overlay

translate = QCoreApplication.translate

SUFFIXES = frozenset({".qif", ".xml", ".csv", ".txt", ".tsv"})
QIF, TABLE, PASTE = "qif", "file", "paste"
IMPORT_FOLDER = "import"
MOST_TEXT_BYTES = 8 << 20


def incoming_file(path: Path, plan: InspectionPlan, serial: str) -> Incoming:
    """What a file holds for a plan. Blocks on the disk; raises ImportFault with what is wrong and where."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImportFault(f"{path.name}: it has {size} bytes; at most {MAX_BYTES} are read.")
        content = path.read_bytes()
    except OSError as error:
        raise ImportFault(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if path.suffix.lower() in (".qif", ".xml"):
        return _incoming_qif(path.name, content, plan, serial)
    if size > MOST_TEXT_BYTES:
        raise ImportFault(f"{path.name}: a table has at most {MOST_TEXT_BYTES} bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFault(f"{path.name} is no text: byte {error.start} is not UTF-8.") from error
    return incoming_table(path.name, TABLE, text, plan, serial)


def incoming_table(title: str, source: str, text: str, plan: InspectionPlan, serial: str) -> Incoming:
    """A table of characteristics and values. Raises ImportFault."""
    matched = read_paste(text, plan)
    parts = [part for part in matched.parts if part]
    if source == PASTE and parts and serial and serial not in parts:
        raise ImportFault(f"The table is of {', '.join(parts[:6])}; the unit here is {serial}.")
    if not matched.values:
        raise ImportFault(f"Nothing in the table is in the plan {plan.id}.")
    return Incoming(title, source, serial, lambda _linear, _angular: matched)


def _incoming_qif(name: str, content: bytes, plan: InspectionPlan, serial: str) -> Incoming:
    try:
        results = read_qif(content)
    except QifError as error:
        raise ImportFault(f"{name}: {error}.") from error
    if not any(find(plan, value.characteristic, value.designator) for value in results.values):
        raise ImportFault(f"{name}: none of its {len(results.values)} values is in the plan {plan.id}.")
    linear, angular = units_missing(results, plan)
    return Incoming(name, QIF, serial, lambda length, angle: match_qif(results, plan, length, angle), linear, angular)


class ResultImport:
    """Brings results from outside to the inspection that a page shows. ``record`` does it, or has it refused."""

    def __init__(self, page: Page, record: Callable[[Sequence[Entering]], None]) -> None:
        self._page, self._record = page, record
        self.dialog: Overlay | None = None

    def open(self, inspection: Inspection) -> None:
        """Ask where the results are."""
        clipboard = bool(QApplication.clipboard().text().strip())
        choices = [Choice("file", translate("import", "A file"))]
        choices += [Choice("clipboard", translate("import", "The clipboard"))] if clipboard else []
        if len(choices) == 1:
            self._choose_file(inspection)
            return
        dialog = ChoiceDialog(
            self._page.look, translate("import", "Results from where?"), choices, "", translate("import", "Cancel")
        )
        dialog.chosen.connect(lambda where, _text: self._from(where, inspection))
        self._lay_over(dialog)

    def paste(self, inspection: Inspection, text: str) -> None:
        """A table from the clipboard."""
        title = translate("import", "Results from the clipboard")
        try:
            incoming = incoming_table(title, PASTE, text, inspection.plan, inspection.started.serial)
        except ImportFault as fault:
            self._refuse(fault)
            return
        self._show(incoming, inspection)

    def _from(self, where: str, inspection: Inspection) -> None:
        if where == "file":
            self._choose_file(inspection)
        else:
            self.paste(inspection, QApplication.clipboard().text())

    def _choose_file(self, inspection: Inspection) -> None:
        services = self._page.services
        own = services.identity.folder / IMPORT_FOLDER
        folder = own if own.is_dir() else Path.home()
        title = translate("import", "Results from a file: QIF, CSV, text")
        chooser = FileChooser(self._page.look, title, folder, SUFFIXES, services.pool, services.post)
        chooser.chosen.connect(lambda path: self._read(path, inspection))
        self._lay_over(chooser)

    def _read(self, path: Path, inspection: Inspection) -> None:
        services = self._page.services
        reading = services.pool.submit(incoming_file, path, inspection.plan, inspection.started.serial)
        self._page.says.emit(Saying(Weight.NOTE, translate("import", "Reading {file} …").format(file=path.name)))

        def failed(error: BaseException) -> None:
            if not isinstance(error, ImportFault):
                raise error
            self._refuse(error)

        def done(incoming: Incoming) -> None:
            self._page.hushes.emit()
            self._show(incoming, inspection)

        when_done(reading, services.post, done, failed)

    def _show(self, incoming: Incoming, inspection: Inspection) -> None:
        sheet = ImportSheet(self._page.look, incoming)
        sheet.recorded.connect(lambda rows: self._take(rows, incoming, inspection))
        self._lay_over(sheet)

    def _take(self, rows: Sequence[PreviewRow], incoming: Incoming, inspection: Inspection) -> None:
        current = self._page.services.quality.inspecting.current
        if current is None or current.inspection_id != inspection.inspection_id:
            what = translate("import", "Another unit is inspected now.")
            self._page.says.emit(Saying(Weight.WARNING, what, translate("import", "Nothing was recorded.")))
            return
        self._record(
            [
                Entering(row.characteristic.id, row.texts, incoming.source, "", row.raw_text, part=row.part)
                for row in rows
            ]
        )

    def _refuse(self, fault: ImportFault) -> None:
        self._page.says.emit(Saying(Weight.WARNING, str(fault), translate("import", "Nothing was recorded.")))

    def _lay_over(self, overlay: Overlay) -> None:
        self.dialog = overlay
        self._page.lay_over(overlay)
