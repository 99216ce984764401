"""Composition root: builds, wires, runs, and stops in reverse order; the only place that knows concretes."""
