"""The application at a plant's workstation: work instructions, machine values, inspection, traceability."""

__version__ = "0.1.0"
