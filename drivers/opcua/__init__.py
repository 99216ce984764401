"""OPC UA: a driver that keeps one server connected, subscribed and honest about its values."""

from drivers.opcua.driver import OpcUaDriver
from drivers.opcua.security import OpcUaSecurity

__all__ = ["OpcUaDriver", "OpcUaSecurity"]
