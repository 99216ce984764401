"""A simulated plant as its own process: a press (OPC UA), a test bench (Modbus TCP) and a camera (MJPEG).

Run it with ``python -m drivers.simulation``; ``drivers/README.md`` lists its nodes, registers and commands.
"""
