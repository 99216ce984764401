"""A short film without sound: it plays by itself, begins again when it shall, and a touch pauses it."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.shapes import Shape, paint_shape
from widgets.theme import CAPITAL_NOTE_MM, Look


class VideoView(QWidget):
    """Plays from memory. It rests while it is hidden; `placeholder` stands there when it cannot be played."""

    def __init__(self, look: Look, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._placeholder = look, placeholder
        self._frame = QImage()
        self._broken = False
        self._by_hand = False
        self._rests = False
        self._buffer: QBuffer | None = None
        self._sink = QVideoSink(self)
        self._sink.videoFrameChanged.connect(self._arrived)
        self.player = QMediaPlayer(self)
        self.player.setVideoSink(self._sink)
        self.player.errorOccurred.connect(self._failed)
        self.player.playbackStateChanged.connect(lambda _state: self.update())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_video(self, content: bytes, title: str, *, loop: bool, rests: bool = False) -> None:
        """Play this film from its beginning; with ``rests`` it stands at its first picture until it is touched."""
        self.clear()
        self._rests = rests
        self.setAccessibleName(title)
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.player.setSourceDevice(self._buffer, QUrl())
        self.player.setLoops(QMediaPlayer.Loops.Infinite if loop else QMediaPlayer.Loops.Once)
        if self.isVisible():
            self.player.play()

    def clear(self) -> None:
        """Show nothing, and let go of the film."""
        self.player.stop()
        self.player.setSource(QUrl())
        if self._buffer is not None:
            self._buffer.close()
            self._buffer.deleteLater()
            self._buffer = None
        self._frame, self._broken, self._by_hand, self._rests = QImage(), False, False, False
        self.update()

    def show_broken(self) -> None:
        """It cannot be shown."""
        self.clear()
        self._broken = True
        self.update()

    @property
    def is_playing(self) -> bool:
        """Whether it moves."""
        return self.player.playbackState() is QMediaPlayer.PlaybackState.PlayingState

    @property
    def is_broken(self) -> bool:
        """Whether it could not be played."""
        return self._broken

    @property
    def has_frame(self) -> bool:
        """Whether a picture of it has been shown."""
        return not self._frame.isNull()

    def toggle(self) -> None:
        """Pause it, or let it go on; one that has ended begins again."""
        if self._buffer is None or self._broken:
            return
        self._by_hand = self.is_playing
        if self.is_playing:
            self.player.pause()
        else:
            self.player.play()

    def showEvent(self, event: QShowEvent) -> None:
        """Seen: it plays, unless somebody paused it."""
        if self._buffer is not None and not self._by_hand and not self._broken:
            self.player.play()

    def hideEvent(self, event: QHideEvent) -> None:
        """Not seen: it rests."""
        self.player.pause()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch pauses."""
        self.toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter are a touch."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.toggle()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As large as it is given."""
        return QSize(self._look.mm(160), self._look.mm(110))

    def minimumSizeHint(self) -> QSize:
        """Still recognisable."""
        return QSize(self._look.mm(40), self._look.mm(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame of the moment, and while it rests the sign to go on."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        edge = "primary" if self.hasFocus() else "line"
        painter.setPen(QPen(look.color(edge), max(2, look.mm(0.7)) if self.hasFocus() else 1))
        painter.setBrush(look.color("card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), look.mm(1.8), look.mm(1.8))
        place = QRectF(self.rect()).adjusted(look.mm(2.5), look.mm(2.5), -look.mm(2.5), -look.mm(2.5))
        if self._broken:
            painter.setFont(look.font(CAPITAL_NOTE_MM))
            painter.setPen(look.color("muted"))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._placeholder)
        elif not self._frame.isNull():
            size = self._frame.size().scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            rect = QRectF(0, 0, size.width(), size.height())
            rect.moveCenter(place.center())
            painter.drawImage(rect, self._frame)
            if not self.is_playing:
                self._paint_paused(painter, rect)
        painter.end()

    def _paint_paused(self, painter: QPainter, rect: QRectF) -> None:
        look = self._look
        side = look.mm(24)
        circle = QRectF(0, 0, side, side)
        circle.moveCenter(rect.center())
        paint_shape(painter, Shape.DOT, circle, look.color("primary"))
        inset = side * 0.27
        mark = circle.adjusted(inset * 1.12, inset, -inset * 0.88, -inset)
        paint_shape(painter, Shape.FORWARD, mark, look.color("on_primary"))

    def _arrived(self, frame: QVideoFrame) -> None:
        image = frame.toImage()
        if image.isNull():
            return
        self._frame = image
        if self._rests:
            self._rests, self._by_hand = False, True
            self.player.pause()
        self.update()

    def _failed(self, _error: object, _text: str) -> None:
        self._broken = True
        self.update()
