"""Samples made by the column are those made one by one."""

from __future__ import annotations

import dataclasses

import pytest

from drivers.base import Quality, Sample
from drivers.samples import good_samples


def test_they_are_the_samples_that_the_constructor_makes() -> None:
    made = good_samples(("a", "b"), (1.5, "on"), 12.0)
    assert made == [
        Sample("a", 1.5, Quality.GOOD, "Good", None, 12.0),
        Sample("b", "on", Quality.GOOD, "Good", None, 12.0),
    ]
    assert [hash(sample) for sample in made] == [hash(dataclasses.replace(sample)) for sample in made]
    assert good_samples((), (), 1.0) == []


def test_they_are_as_frozen_and_as_whole() -> None:
    (sample,) = good_samples(["a"], [1], 2.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        sample.value = 2  # type: ignore[misc]  # that is what is refused
    assert all(hasattr(sample, field.name) for field in dataclasses.fields(Sample))
