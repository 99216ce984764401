"""Field devices: OPC UA, Modbus, cameras. No Qt, and no knowledge of the station application."""
