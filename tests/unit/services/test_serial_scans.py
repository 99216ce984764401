"""Scans of serial scanners on their way to whoever acts on scans."""

from __future__ import annotations

from drivers.serial_devices.scanned import ScannedText
from station_app.services.serial_scans import SerialScans


def test_scans_reach_who_listens_in_order_until_it_ends() -> None:
    scans, heard = SerialScans(), list[str]()
    scans.take([ScannedText("hand", "for nobody", True, 0.0)])
    end = scans.listen(lambda scanned: heard.append(scanned.text))
    scans.take([ScannedText("hand", "one", True, 0.0), ScannedText("hand", "two", True, 0.0)])
    end()
    end()
    scans.take([ScannedText("hand", "three", True, 0.0)])
    assert heard == ["one", "two"]
