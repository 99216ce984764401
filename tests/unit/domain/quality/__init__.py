"""Unit tests of station_app.domain.quality."""
