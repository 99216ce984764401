"""A bench station whose one instruction uses every kind of check, kind of media and property of a step, in two languages."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from station_app.domain.checks import (
    Check,
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    Item,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    Option,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.master import (
    WORK_MASTER,
    JobOrder,
    MasterItem,
    Operation,
    Person,
    Reasons,
    Tool,
    encode_item,
    work_master_key,
)
from station_app.domain.media import Callout, Criterion, Picture, Region
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Condition, Step, WorkMaster, encode_work_master
from station_app.services.posting import Post
from station_app.storage.master_files import MasterFiles, Media, Publication
from tests.bench_station import ASM_10, BenchStation, sample_master

UNIT, ORDER = "EV-000001", "EV-1"
JONAS, JONAS_PIN = "DEMO-BADGE-19be44d7-jonas-weber", "3030"
MARA, MARA_PIN = "DEMO-BADGE-a85501fb-mara-lindt", "4711"
DRIVER, OLD_DRIVER = "TD-1", "TD-2"

GOOD_SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300" fill="#F4F6F8"/>
<circle cx="200" cy="150" r="90" fill="none" stroke="#5B7083" stroke-width="14"/>
<circle cx="200" cy="150" r="60" fill="#A9B8C6"/></svg>"""
BAD_SVG = GOOD_SVG.replace(b'cx="200" cy="150" r="60"', b'cx="226" cy="172" r="60"')


def limits(lower: str, upper: str, unit: str = "") -> Limits:
    """Limits from text."""
    return Limits(unit, Decimal(lower), Decimal(upper))


def picture(name: str, content: bytes, media_type: str, **more: Any) -> Picture:
    """A picture of an instruction as its folder would name it."""
    return Picture(name, hashlib.sha256(content).hexdigest(), len(content), media_type, **more)


def step(id: str, title: str, german: str, *checks: Check, **more: Any) -> Step:
    """A step in English and German."""
    return Step(
        id=id,
        title={"en": title, "de": german},
        text={"en": f"{title} as shown in the picture ①.", "de": f"{german}, wie im Bild ① gezeigt."},
        checks=checks,
        **more,
    )


DRAWING = picture(
    "drawing.svg",
    GOOD_SVG,
    "image/svg+xml",
    callouts=(Callout("1", 0.5, 0.3, "Seat, clean", translations={"de": "Sitz, sauber"}),),
    regions=(Region(0.3, 0.2, 0.4, 0.6, "Look here", translations={"de": "Hier schauen"}),),
)
GOOD = picture("good.svg", GOOD_SVG, "image/svg+xml")
BAD = picture("bad.svg", BAD_SVG, "image/svg+xml")
CRITERION = Criterion(
    text="The ring lies concentric in its seat.",
    good=GOOD,
    bad=BAD,
    translations={"de": "Der Ring liegt mittig im Sitz."},
)


def steps(wait_s: float, timer_s: float) -> tuple[Step, ...]:
    """All of them; ``wait_s`` and ``timer_s`` are what has to be waited for."""
    return (
        step(
            "confirm",
            "Clean the seat",
            "Sitz reinigen",
            ConfirmCheck(
                id="confirm",
                title="Seat clean and dry",
                reaction="Scratches: press Problem.",
                translations={"de": {"title": "Sitz sauber und trocken", "reaction": "Kratzer: Problem drücken."}},
            ),
            ppe=("gloves", "safety glasses"),
            esd=True,
            takt_s=40,
            pictures=(DRAWING,),
            criteria=(CRITERION,),
        ),
        step("scan", "Take a bearing", "Lager nehmen", ScanCheck(id="scan", title="Bearing lot", material="6204-2RS")),
        step(
            "tool",
            "Take the driver",
            "Schrauber nehmen",
            ToolCheck(id="tool", title="Torque driver", tool_class="torque driver"),
        ),
        step(
            "measure",
            "Measure the play",
            "Spiel messen",
            MeasureCheck(id="measure", title="Axial play", characteristic="play", limits=limits("0.05", "0.15", "mm")),
        ),
        step(
            "capture",
            "Press the bearing",
            "Lager einpressen",
            MachineValueCheck(
                id="capture",
                title="Press force",
                characteristic="force",
                tag="press.peak_force",
                limits=limits("11.0", "14.0", "kN"),
            ),
        ),
        step(
            "wait",
            "Let the force settle",
            "Kraft beruhigen lassen",
            MachineValueCheck(
                id="wait",
                title="Force holds",
                characteristic="hold",
                tag="press.force",
                limits=limits("11.0", "14.0", "kN"),
                mode="wait",
                hold_s=wait_s,
            ),
        ),
        step(
            "window",
            "Watch the travel",
            "Weg beobachten",
            MachineValueCheck(
                id="window",
                title="Travel",
                characteristic="travel",
                tag="press.position",
                limits=limits("0", "45.0", "mm"),
                mode="window",
                statistic="maximum",
            ),
        ),
        step(
            "typed",
            "Tighten the cover",
            "Deckel anziehen",
            TighteningCheck(
                id="typed",
                title="Cover screws",
                characteristic="cover",
                torque=limits("7.9", "9.1", "Nm"),
                angle=limits("30", "60", "°"),
                count=2,
                decimals=1,
                tool_class="torque driver",
                reaction="Loosen it and tighten it again.",
            ),
        ),
        step(
            "tool-read",
            "Tighten the flange",
            "Flansch anziehen",
            TighteningCheck(
                id="tool-read",
                title="Flange screws",
                characteristic="flange",
                torque=limits("11.0", "14.0", "Nm"),
                count=6,
                torque_tag="press.peak_force",
                cycle_tag="press.position",
            ),
        ),
        step(
            "photo",
            "Take a photo",
            "Foto machen",
            PhotoCheck(id="photo", title="Finished unit", camera="bench", code_is_unit=True),
        ),
        step(
            "choice",
            "Judge the surface",
            "Oberfläche beurteilen",
            ChoiceCheck(
                id="choice",
                title="Surface",
                reaction="Put the unit aside.",
                options=(
                    Option(id="good", text="Without fault", translations={"de": "Ohne Fehler"}),
                    Option(id="touched", text="Touched up", reasons="surface", translations={"de": "Nachgearbeitet"}),
                    Option(
                        id="bad", text="Scratched", passes=False, reasons="surface", translations={"de": "Zerkratzt"}
                    ),
                ),
            ),
        ),
        step(
            "polish",
            "Polish",
            "Polieren",
            ConfirmCheck(id="polish", title="Polished"),
            conditions=(Condition(step="choice", check="choice", answers=("touched",)),),
        ),
        step(
            "text",
            "Stick the label",
            "Etikett kleben",
            TextCheck(id="text", title="Label number", pattern=r"LB-\d{4}", example="LB-0042"),
        ),
        step(
            "number",
            "Weigh the unit",
            "Einheit wiegen",
            NumberCheck(
                id="number", title="Weight", decimals=1, limits=limits("10", "12", "kg"), reaction="Weigh again."
            ),
            rework_step="text",
        ),
        step(
            "timer",
            "Let it cure",
            "Aushärten lassen",
            TimerCheck(id="timer", title="Adhesive cures", duration_s=timer_s),
        ),
        step(
            "checklist",
            "Look over the bench",
            "Arbeitsplatz prüfen",
            ChecklistCheck(
                id="checklist",
                title="Bench",
                items=(
                    Item(
                        id="tools", text="No tool left in the unit", translations={"de": "Kein Werkzeug in der Einheit"}
                    ),
                    Item(id="plugs", text="Both plugs are fitted", translations={"de": "Beide Stopfen sitzen"}),
                    Item(id="oil", text="No oil on the outside", translations={"de": "Außen kein Öl"}),
                ),
            ),
        ),
        step(
            "optional", "Wipe the unit", "Einheit abwischen", ConfirmCheck(id="optional", title="Wiped"), optional=True
        ),
        step(
            "signature",
            "Release the unit",
            "Einheit freigeben",
            SignatureCheck(id="signature", title="Release", role="inspector", meaning="inspected and released"),
        ),
    )


def master(wait_s: float = 0.2, timer_s: float = 0.3) -> WorkMaster:
    """The instruction."""
    return WorkMaster(
        id="every-check",
        version="A",
        title="Every check",
        product="EV",
        operation="every",
        steps=steps(wait_s, timer_s),
    )


def every_check_master(work_master: WorkMaster, media: tuple[tuple[str, bytes], ...] = ()) -> MasterFiles:
    """The sample people and materials, with this instruction, an order for it, tools and reasons.

    ``media``: further (media type, bytes) that the instruction shows.
    """
    people = [_publication_of(p) for p in sample_master().publications if p.kind in ("person", "material")]
    operation = Operation(
        id="every",
        title="Every",
        stations=(ASM_10,),
        work_master_id=work_master.id,
        work_master_version=work_master.version,
    )
    items: list[MasterItem] = [
        JobOrder(
            id=ORDER,
            product="EV",
            product_title="Every check",
            quantity=2,
            serials=(UNIT, "EV-000002"),
            operations=(operation,),
        ),
        Tool(id=DRIVER, title="Driver", sort="tool", tool_class="torque driver", calibration_due="2099-01-31"),
        Tool(id=OLD_DRIVER, title="Driver", sort="tool", tool_class="torque driver", calibration_due="2023-11-13"),
        Reasons(id="surface", reasons=("Scratch", "Dent", "Stain")),
    ]
    document = encode_work_master(work_master)
    own = [Publication(item.kind, item.id, body := encode_item(item), _sha256(body)) for item in items]
    instruction = Publication(WORK_MASTER, work_master_key(work_master), document, _sha256(document))
    shown = (("image/svg+xml", GOOD_SVG), ("image/svg+xml", BAD_SVG), *media)
    files = tuple(Media(_sha256(content), media_type, content) for media_type, content in shown)
    return MasterFiles((*people, instruction, *own), files)


def every_check_station(
    folder: Path, post: Post, files: MasterFiles | None = None, again: bool = False, kind: str = "assembly"
) -> BenchStation:
    """ASM-10 with that instruction; ``again``: as it was left; ``kind`` "inspection": with the inspector's page."""
    station = BenchStation(folder, post, kind=kind, master=False)
    if not again:
        station.publish(files if files is not None else every_check_master(master()))
        station.services.library.reload()
    return station


def german(publication: Publication) -> Publication:
    """A person who speaks German."""
    person = msgspec.structs.replace(msgspec.json.decode(publication.body, type=Person), language="de")
    body = encode_item(person)
    return Publication(publication.kind, publication.id, body, _sha256(body))


def _publication_of(publication: Publication) -> Publication:
    return german(publication) if publication.id == "tom.brandt" else publication


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
