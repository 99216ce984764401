"""Frozen settings read from station.toml."""
