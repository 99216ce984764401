"""Benchmarks: the product against the bare library in one run."""
