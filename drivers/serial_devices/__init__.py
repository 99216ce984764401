"""Devices on serial lines: RS-232 and USB ports (pyserial), serial-to-Ethernet converters (TCP), frames, code scanners.

:mod:`drivers.serial_devices.scanned` needs the standard library only and is used on every floor of the application, as
:mod:`drivers.base` is; the rest loads pyserial.
"""
