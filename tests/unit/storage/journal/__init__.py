"""Tests of the journal file."""
