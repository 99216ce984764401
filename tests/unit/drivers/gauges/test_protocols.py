"""What each kind of gauge says: numbers with their text, units, errors; and what is none of its words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drivers.gauges.pattern import compile_pattern
from drivers.gauges.protocols import FramePattern, GaugeProtocol, Mark10, Mitutoyo, NoReading

PLAIN = FramePattern(compile_pattern(r"\s*(?P<value>[+-]?\s?\S+)\s+(?P<unit>\w+)"))
BARE = FramePattern(compile_pattern(r"D1 (?P<value>\S+)"))


@pytest.mark.parametrize(
    ("protocol", "frame", "text", "unit"),
    [
        (Mitutoyo(), "01A+0000.123", "+0000.123", ""),
        (Mitutoyo(), "02A-0012.3400", "-0012.3400", ""),
        (Mitutoyo(3), "03A+00000012", "+00000012", ""),
        (Mark10(), "-18.78 lbF", "-18.78", "lbF"),
        (Mark10(), "  0.000 N", "0.000", "N"),
        (Mark10(), "12.5", "12.5", ""),
        (PLAIN, "   12.3450 mm", "12.3450", "mm"),
        (BARE, "D1 +.5", "+.5", ""),
    ],
)
def test_readings_keep_their_text(protocol: GaugeProtocol, frame: str, text: str, unit: str) -> None:
    understood = protocol.understand(frame)
    assert (understood.text, understood.value, understood.unit) == (text, Decimal(text), unit)


@pytest.mark.parametrize("protocol", [Mitutoyo(), Mark10(), PLAIN, BARE])
@pytest.mark.parametrize("frame", ["ERR6", "ERR", "N01:E3", "*10", "E12", "err 6", "ERROR"])
def test_errors_are_no_value(protocol: GaugeProtocol, frame: str) -> None:
    with pytest.raises(NoReading, match="the gauge reports") as caught:
        protocol.understand(frame)
    assert caught.value.status == "BadDeviceFailure"


@pytest.mark.parametrize(
    ("frame", "says"), [("911", "not connected"), ("912", "could not be read"), ("919", "reports")]
)
def test_errors_of_the_mitutoyo_interface(frame: str, says: str) -> None:
    with pytest.raises(NoReading, match=says) as caught:
        Mitutoyo().understand(frame)
    assert caught.value.status == "BadDeviceFailure"


@pytest.mark.parametrize(
    ("protocol", "frame"),
    [
        (Mitutoyo(), "01A0000.123"),
        (Mitutoyo(), "1A+0000.123"),
        (Mitutoyo(), "01A+0000.1"[:-4] + "x"),
        (Mitutoyo(), "01A+0000.123 01A+0000.124"),
        (Mitutoyo(), "0.123"),
        (Mitutoyo(), "01A+" + "9" * 19),
        (Mark10(), "lbF"),
        (Mark10(), "1.2.3 N"),
        (Mark10(), "1e5 N"),
        (Mark10(), "NaN N"),
        (PLAIN, "12,345 mm"),
        (PLAIN, "- 12.5 mm"),
        (PLAIN, "inf mm"),
        (PLAIN, "mm"),
        (BARE, "D2 1.5"),
        (Mark10(), "١٢ N"),
        (Mitutoyo(), ""),
    ],
)
def test_what_is_no_reading_is_refused(protocol: GaugeProtocol, frame: str) -> None:
    with pytest.raises(NoReading) as caught:
        protocol.understand(frame)
    assert caught.value.status == "BadDecodingError"


def test_another_channel_of_a_multiplexer_is_not_this_gauge() -> None:
    with pytest.raises(NoReading, match="channel 2, not 3"):
        Mitutoyo(3).understand("02A+0000.123")
