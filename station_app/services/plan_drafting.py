"""An inspection plan as the table that a person edits: texts in cells, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.media import Picture

HEAD: Final = ("id", "version", "title", "product", "operation", "owner")
COLUMNS: Final = (
    "balloon", "id", "title", "type", "unit", "nominal", "lower", "upper", "classification", "gauge_class", "decimals",
    "rounding", "readings", "sampling", "most_remeasurements", "defects", "reaction", "place",
)  # fmt: skip
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlanForm:
    """A plan in texts: ``head`` by name, ``rows`` by column. ``base`` has what the table does not show: charts, balloons of
    other checks, pictures.

    A sampling reads "every", "nth 5", "first_last" or "iso2859 II 1.0"; a place "drawing.svg 0.4 0.6".
    """

    head: Mapping[str, str]
    rows: tuple[Row, ...]
    base: InspectionPlan


@dataclass(frozen=True, slots=True)
class FormFault:
    """What is wrong in a cell: ``row`` from 0, -1 for the head or the whole; ``column`` is empty for the whole row."""

    row: int
    column: str
    text: str


class PlanForms(Protocol):
    """Between plans and their tables, and plans and files. ``form_of`` and ``read`` are quick, the others block.

    Raises Refusal, and OSError as it comes.
    """

    def form_of(self, plan: InspectionPlan) -> PlanForm: ...

    def read(self, form: PlanForm) -> tuple[InspectionPlan | None, Sequence[FormFault]]:
        """The plan that a table says; None with its faults when it says none."""
        ...

    def take_picture(self, path: Path) -> tuple[Picture, bytes]:
        """Look at a drawing or picture. Raises Refusal with the reason for one that may not be shown."""
        ...

    def open_file(self, path: Path) -> tuple[InspectionPlan, dict[str, bytes]]:
        """A plan in a TOML file or an exported file, and its pictures by SHA-256."""
        ...

    def export_file(self, path: Path, plan: InspectionPlan, media: Mapping[str, bytes]) -> None: ...
