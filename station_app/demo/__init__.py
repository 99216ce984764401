"""The demo plant and its tour."""
