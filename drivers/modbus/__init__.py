"""Modbus over TCP and serial lines: a polling driver that believes no reply it has not checked byte for byte."""

from drivers.modbus.driver import ModbusDriver

__all__ = ["ModbusDriver"]
