"""An approval: a person who has just proved who they are, for one signature."""

from __future__ import annotations

from dataclasses import dataclass

from station_app.domain.master import Person


@dataclass(frozen=True, slots=True)
class Approval:
    """``method`` is how the person proved it: badge and PIN, name and password, PIN, password."""

    person: Person
    method: str
