"""Serial lines: RS-232 and USB ports (pyserial), serial-to-Ethernet converters (TCP), and the frames that come over them."""

from drivers.serial_devices.frames import Frame, FrameCutter
from drivers.serial_devices.line import Line, LineLost, LineSettings, open_line

__all__ = ["Frame", "FrameCutter", "Line", "LineLost", "LineSettings", "open_line"]
