"""The words of document control: where a version stands, and what its release means for orders that run."""

from __future__ import annotations

import enum


class DocumentState(enum.StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Policy(enum.StrEnum):
    """What a release means for orders that run on an older version."""

    FINISH = "finish"
    NEXT_UNIT = "next unit"
    ASK = "ask"
