"""Measuring gauges on a serial line: Mitutoyo, Mark-10, and any other whose frames a pattern describes.

:mod:`drivers.gauges.reading` and :mod:`drivers.gauges.pattern` need the standard library only and are used on every floor of
the application, as :mod:`drivers.base` is; the rest loads pyserial.
"""
