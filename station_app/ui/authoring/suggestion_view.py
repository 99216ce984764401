"""What the floor suggests about an instruction: the spot on the picture, the photo, the sentence; and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from station_app.domain.media import Picture
from station_app.domain.work_master import WorkMaster
from station_app.services.authoring import Authoring
from station_app.services.ports import Suggestion
from station_app.ui.authoring.desk import Errands
from station_app.ui.authoring.media_images import image_of
from station_app.ui.look import Look
from widgets.editor_style import button, caption
from widgets.picture_view import PictureView
from widgets.theme import CAPITAL_SMALL_MM

_PHOTO = "image/jpeg"


class SuggestionView(QWidget):
    """A list and the one that is chosen. ``answered``: an answer is at the server; ``step_wanted(suggestion)`` goes there."""

    answered = Signal()
    step_wanted = Signal(object)

    def __init__(self, look: Look, authoring: Authoring, errands: Errands) -> None:
        super().__init__()
        self._look, self._authoring, self._errands = look, authoring, errands
        self._suggestions: list[Suggestion] = []
        self._people: dict[str, str] = {}
        self._shown = ""
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Suggestions"))
        self.list.setFont(look.font(CAPITAL_SMALL_MM))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedWidth(330)
        self.list.currentRowChanged.connect(lambda _row: self._show())
        self.empty = caption(look, self.tr("Nobody has suggested anything."), color="muted")
        self.about = caption(look, "", color="second")
        self.sentence = caption(look, "")
        self.spot = PictureView(look, self.tr("no spot marked"))
        self.photo = PictureView(look, self.tr("no photo"))
        self.answer = QPlainTextEdit()
        self.answer.setAccessibleName(self.tr("Answer"))
        self.answer.setPlaceholderText(self.tr("Whoever suggested it will read this at the station."))
        self.answer.setTabChangesFocus(True)
        self.answer.setFont(look.font(CAPITAL_SMALL_MM))
        self.answer.setFixedHeight(70)
        self.answer_button = button(look, self.tr("Answer"), primary=True)
        self.answer_button.clicked.connect(self._answer)
        self.step_button = button(look, self.tr("Go to the step"))
        self.step_button.clicked.connect(self._go)
        self._lay_out()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.step_button)
        foot.addStretch(1)
        foot.addWidget(self.answer_button)
        pictures = QHBoxLayout()
        pictures.addWidget(self.spot, 1)
        pictures.addWidget(self.photo, 1)
        self._one = QWidget()
        right = QVBoxLayout(self._one)
        right.setContentsMargins(10, 0, 0, 0)
        for part in (self.about, self.sentence):
            right.addWidget(part)
        right.addLayout(pictures, 1)
        right.addWidget(self.answer)
        right.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.list)
        layout.addWidget(self._one, 1)
        layout.addWidget(self.empty, 1)

    def set_suggestions(self, suggestions: Sequence[Suggestion], people: dict[str, str]) -> None:
        """Show these; those without an answer first."""
        chosen = self.chosen
        self._people = people
        self._suggestions = sorted(suggestions, key=lambda s: (bool(s.answer), -s.at_us))
        self.list.clear()
        for suggestion in self._suggestions:
            sign = "✓" if suggestion.answer else "●"
            who = people.get(suggestion.actor, suggestion.actor)
            self.list.addItem(QListWidgetItem(f"{sign} {suggestion.step_id} · {who}\n{suggestion.text}"))
        ids = [suggestion.suggestion_id for suggestion in self._suggestions]
        at = ids.index(chosen.suggestion_id) if chosen is not None and chosen.suggestion_id in ids else 0
        self.list.setCurrentRow(at if ids else -1)
        for part in (self.list, self._one):
            part.setVisible(bool(ids))
        self.empty.setVisible(not ids)
        self._show()

    @property
    def chosen(self) -> Suggestion | None:
        """The suggestion that is shown."""
        row = self.list.currentRow()
        return self._suggestions[row] if 0 <= row < len(self._suggestions) else None

    def _show(self) -> None:
        suggestion = self.chosen
        if suggestion is None:
            return
        when = datetime.fromtimestamp(suggestion.at_us / 1e6).astimezone().strftime("%Y-%m-%d %H:%M")
        who = self._people.get(suggestion.actor, suggestion.actor)
        station = suggestion.station.rsplit("/", 1)[-1]
        said = self.tr("{who}, {station}, {when} · version {version}, step {step}, unit {unit}")
        self.about.setText(
            said.format(
                who=who, station=station, when=when, version=suggestion.version, step=suggestion.step_id,
                unit=suggestion.serial or "–",
            )
        )  # fmt: skip
        self.sentence.setText(suggestion.text)
        self.answer.setPlainText(suggestion.answer)
        if suggestion.suggestion_id != self._shown:
            self._shown = suggestion.suggestion_id
            self._fetch(suggestion)

    def _fetch(self, suggestion: Suggestion) -> None:
        """The photo, and the instruction's picture with the spot."""
        authoring = self._authoring
        for shown, empty in ((self.photo, self.tr("no photo")), (self.spot, self.tr("no spot marked"))):
            shown.set_placeholder(empty)
            shown.set_image(None)
        if suggestion.evidence_sha256:
            photo = Picture("photo.jpg", suggestion.evidence_sha256, 0, _PHOTO)
            self._errands.server(
                "",
                lambda: authoring.suggestion_picture(suggestion.evidence_sha256),
                lambda content: self._put(self.photo, suggestion, content, photo),
            )
        if suggestion.media_file:

            def spot() -> tuple[Picture | None, bytes | None]:
                picture = _picture(authoring.open_version(suggestion.document_id, suggestion.version), suggestion)
                return picture, authoring.suggestion_picture(picture.sha256) if picture is not None else None

            self._errands.server("", spot, lambda found: self._put(self.spot, suggestion, found[1], found[0]))

    def _put(self, shown: PictureView, suggestion: Suggestion, content: bytes | None, picture: Picture | None) -> None:
        if self._shown != suggestion.suggestion_id or picture is None:
            return
        image = image_of(content, picture)
        if shown is self.spot and suggestion.x is not None and suggestion.y is not None and not image.isNull():
            image = with_spot(image, suggestion.x, suggestion.y, self._look.color("alarm"))
        shown.set_placeholder(self.tr("The picture has not arrived yet."))
        name = self.tr("The spot on the picture") if shown is self.spot else self.tr("The photo")
        shown.set_image(image, name)

    def _answer(self) -> None:
        suggestion, text, authoring = self.chosen, self.answer.toPlainText(), self._authoring
        if suggestion is not None:
            self._errands.server(
                self.tr("Answering"),
                lambda: authoring.answer(suggestion.suggestion_id, text),
                lambda _none: self.answered.emit(),
            )

    def _go(self) -> None:
        if self.chosen is not None:
            self.step_wanted.emit(self.chosen)


def with_spot(image: QImage, x: float, y: float, color: QColor) -> QImage:
    """The picture with a ring around a spot, given in fractions of it."""
    marked = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(marked)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    center = QPointF(x * marked.width(), y * marked.height())
    radius = max(marked.width(), marked.height()) / 24
    for pen in (QPen(QColor("white"), radius * 0.45), QPen(color, radius * 0.22)):
        painter.setPen(pen)
        painter.drawEllipse(QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius))
    painter.end()
    return marked


def _picture(work_master: WorkMaster, suggestion: Suggestion) -> Picture | None:
    return next((p for p in work_master.media().values() if p.file == suggestion.media_file), None)
