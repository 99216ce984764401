"""What the statistics refuse: input from which nothing true could be computed."""

from __future__ import annotations


class InputError(ValueError):
    """Readings or options that cannot be computed with.

    The text says what, where and what to do, for the person who gave them.
    """


class DecimalComma(InputError):
    """A number with a decimal comma in a table whose commas separate columns."""
