"""Unit tests of tests.benchmarks."""
