"""Names of documents under document control: an instruction's is its id, an inspection plan's begins with ``plan:``.

One list of events holds both, and both may have the same id ("gx40-inspection"). No id holds a colon: a name says what it is.
"""

from __future__ import annotations

INSTRUCTION = "instruction"
INSPECTION_PLAN = "inspection plan"
_PLAN = "plan:"


def plan_document(plan_id: str) -> str:
    """The name of an inspection plan's document; a name that is one already stays as it is."""
    return plan_id if is_plan_document(plan_id) else f"{_PLAN}{plan_id}"


def is_plan_document(document_id: str) -> bool:
    """Whether a document is an inspection plan."""
    return document_id.startswith(_PLAN)


def own_id(document_id: str) -> str:
    """The id as people know it."""
    return document_id.removeprefix(_PLAN)


def noun_of(document_id: str) -> str:
    """What it is, in a person's word."""
    return INSPECTION_PLAN if is_plan_document(document_id) else INSTRUCTION


def spoken(document_id: str) -> str:
    """What it is and its id: "inspection plan gx40"."""
    return f"{noun_of(document_id)} {own_id(document_id)}"
