"""Stations that are none: for the editor's preview, and for trying an instruction out. Nothing leaves their temporary folder.

The parts are those of a real station (:class:`StationRuntime`); only what surrounds it is made up: one order, one unit, the
parts and tools that the instruction asks for, two people, and a picture instead of each camera.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import MappingProxyType

from PySide6.QtGui import QImage

from drivers.base import Quality, Sample, Tag
from station_app.app.runtime import StationRuntime
from station_app.app.stand_in_photos import photo_for, plain_photo
from station_app.config import CameraSettings, StationConfig, StationSettings
from station_app.domain.chain import Row
from station_app.domain.checks import (
    ChoiceCheck,
    MachineValueCheck,
    MeasureCheck,
    PhotoCheck,
    ScanCheck,
    TighteningCheck,
    ToolCheck,
)
from station_app.domain.master import JobOrder, MasterItem, Material, Operation, Person, Reasons, Tool, encode_item
from station_app.domain.scan import OrderScan
from station_app.domain.variants import resolve
from station_app.domain.work_master import Step, WorkMaster, content_sha256, encode_work_master
from station_app.services.ports import MasterChange
from station_app.services.posting import when_done
from station_app.services.secrets import hash_password
from station_app.services.station import StationServices
from station_app.services.trying_out import StandInCode
from station_app.ui.posting import QtPost

PATH = "Try-out/Try-out/Try-out/Try-out/Try-out"
ORDER, OPERATOR, COLLEAGUE, PASSWORD = "TRY-OUT", "Try-out", "Colleague", "try-out"
UNITS = tuple(f"TRY-{number:03}" for number in range(1, 21))
WRONG_CODE = "WRONG-PART-1"
ROLES = ("operator", "inspector", "supervisor", "process_engineer", "quality_engineer")
SIGN_AGAIN_S = 0.5


class StandIn:
    """A station on a temporary folder. The pages of a station work with its ``services``; nobody else ever sees it."""

    def __init__(self, cameras: Iterable[str] = (), language: str = "en") -> None:
        self._post = QtPost()
        self.folder = Path(tempfile.mkdtemp(prefix="station-try-out-"))
        settings = StationSettings(PATH, "Try-out", "Nothing is recorded", "assembly", self.folder / "data", language)
        found: dict[str, CameraSettings] = {}
        self._photos: dict[str, Path] = {}
        for name in dict.fromkeys(cameras):
            self._photos[name] = self.folder / f"camera-{len(found)}.jpg"
            self._photograph(name, plain_photo(name, UNITS[0]))
            found[name] = CameraSettings(name=name, url=self._photos[name].as_uri(), title=name)
        config = StationConfig(file=self.folder / "station.toml", station=settings, cameras=MappingProxyType(found))
        self._runtime = StationRuntime(config, self._post)
        self._rev = 0
        self._runtime.start()

    @property
    def services(self) -> StationServices:
        """What pages are given."""
        return self._runtime.services

    def show(self, contents: Iterable[bytes]) -> None:
        """Keep media so that pages can show them."""
        for content in contents:
            self._runtime.evidence.put(content)

    def _photograph(self, camera: str, picture: QImage) -> None:
        """A camera sees this from now on. Raises OSError."""
        part = self.folder / f".part-{self._photos[camera].name}"
        if not picture.save(str(part), quality=95):
            raise OSError(f"{part} could not be written")
        part.replace(self._photos[camera])

    def know_tags(self, names: Iterable[str]) -> None:
        """The machine's values of these names exist; they have none yet."""
        known = self.services.tags.tags
        for name in names:
            known.setdefault(name, Tag(name, "try-out"))

    def close(self) -> None:
        """End it and remove everything it wrote."""
        self._post.close()
        self._runtime.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _publish(self, documents: Iterable[tuple[str, str, bytes]]) -> None:
        """Bring master data in, as a pull from the server does."""
        changes = []
        for kind, name, body in documents:
            self._rev += 1
            changes.append(MasterChange(self._rev, kind, name, body, content_sha256(body)))
        self._runtime.journal.apply_master(changes, self._rev, False).result()
        self.services.library.reload()


class TryOutStation(StandIn):
    """A stand-in station with the instruction on the bench, for one of its products. Raises VariantError."""

    def __init__(
        self, work_master: WorkMaster, media: Mapping[str, bytes], product: str = "", language: str = "en"
    ) -> None:
        self._product, self._language, self._media = product or work_master.product, language, media
        self._resolved = resolve(work_master, self._product)
        checks = [check for step in self._resolved.steps for check in step.checks]
        super().__init__([check.camera for check in checks if isinstance(check, PhotoCheck)], language)
        # a machine counts from the beginning; everything else it says when its value is set
        counters = {getattr(check, "cycle_tag", "") for check in checks} - {""}
        self._values: dict[str, float] = dict.fromkeys(counters, 0.0)
        self._sampled_s = 0.0
        self.know_tags(tag for step in self._resolved.steps for tag in self.tags(step))
        try:
            self.show(media[sha256] for sha256 in work_master.media())
            self._publish(self._documents(work_master))
        except BaseException:
            self.close()
            raise

    def begin(self) -> None:
        """Sign the stand-in operator in, test the ESD protection, and open the first unit."""
        signed_in = self.services.people.sign_in_password(OPERATOR, PASSWORD)
        when_done(signed_in, self._post, lambda _person: self._open(), _raise)

    def _open(self) -> None:
        services = self.services
        order = services.library.book.orders[ORDER]

        def open_unit(_rows: list[Row]) -> None:
            opened: Future[list[Row]] = services.execution.open_order(OrderScan(order))
            when_done(opened, self._post, lambda _opened: None, _raise)

        # the test is on disk before the unit is opened: the gate asks the fold
        when_done(services.people.record_esd_test(True), self._post, open_unit, _raise)

    def prepare(self, step: Step) -> None:
        """The cameras see the open unit as the step's photos want it."""
        job = self.services.execution.job
        unit = job.serial if job is not None else UNITS[0]
        for check in step.checks:
            if isinstance(check, PhotoCheck):
                reference = self._media[check.reference.sha256] if check.reference is not None else None
                self._photograph(check.camera, photo_for(check, unit, reference))

    def codes(self, step: Step) -> list[StandInCode]:
        """What a step asks to be scanned, and a wrong part."""
        found = []
        job = self.services.execution.job
        number = UNITS.index(job.serial) + 1 if job is not None else 1
        for check in step.checks:
            match check:
                case ScanCheck():
                    serial = _serial(check.material, number)
                    found.append(
                        StandInCode(check.title, serial if check.tracked == "serial" else _lot(check.material))
                    )
                case ToolCheck():
                    found.append(StandInCode(check.title, _tool(check.tool_class)))
                case TighteningCheck() if check.tool_class:
                    found.append(StandInCode(check.tool_class, _tool(check.tool_class)))
                case MeasureCheck() if check.gauge_class:
                    found.append(StandInCode(check.gauge_class, _tool(check.gauge_class)))
                case _:
                    pass
        return [*found, StandInCode(WRONG_CODE, WRONG_CODE, good=False)] if found else []

    def tags(self, step: Step) -> list[str]:
        """The machine's values that a step looks at."""
        found = list(step.tags)
        for check in step.checks:
            match check:
                case MachineValueCheck():
                    found += [check.tag, check.cycle_tag]
                case MeasureCheck():
                    found.append(check.tag)
                case TighteningCheck():
                    found += [check.torque_tag, check.angle_tag, check.cycle_tag]
                case _:
                    pass
        return [tag for tag in dict.fromkeys(found) if tag]

    def set_value(self, tag: str, value: float) -> None:
        """The machine's value is this from now on."""
        self._values[tag] = value
        self._sampled_s = 0.0

    def value(self, tag: str) -> float | None:
        """What a tag was set to, None before that."""
        return self._values.get(tag)

    def tick(self) -> None:
        """Let the station follow, and the machine say its values twice a second."""
        self._runtime.tick()
        now = time.time()
        if now - self._sampled_s < SIGN_AGAIN_S:
            return
        self._sampled_s = now
        samples = [Sample(tag, value, Quality.GOOD, "Good", now, now) for tag, value in self._values.items()]
        taken = self.services.tags.take(samples)
        self.services.execution.follow(taken)

    def _documents(self, work_master: WorkMaster) -> Iterable[tuple[str, str, bytes]]:
        body = encode_work_master(work_master)
        yield "work_master", f"{work_master.id}@{work_master.version}", body
        operation = Operation(
            id=work_master.operation,
            title=work_master.title,
            stations=(PATH,),
            work_master_id=work_master.id,
            work_master_version=work_master.version,
        )
        order = JobOrder(
            id=ORDER,
            product=self._product,
            product_title=self._resolved.title,
            quantity=len(UNITS),
            serials=UNITS,
            operations=(operation,),
        )
        for item in (order, *self._people(), *self._things()):
            yield item.kind, item.id, encode_item(item)

    def _people(self) -> list[MasterItem]:
        needed = (*self._resolved.qualifications, *(step.qualification for step in self._resolved.steps))
        qualifications = {name: "" for name in needed if name}
        secret = hash_password(PASSWORD)
        return [
            Person(
                id=name.lower(),
                name=name,
                roles=ROLES,
                password_hash=secret,
                qualifications=qualifications,
                language=self._language,
            )
            for name in (OPERATOR, COLLEAGUE)
        ]

    def _things(self) -> list[MasterItem]:
        """The parts, tools and lists of reasons that the instruction names; a part that it does not know to be wrong."""
        materials: dict[str, Material] = {}
        tools: set[str] = set()
        reasons = {"problem", "andon", "defects", "interruptions"}
        for check in (check for step in self._resolved.steps for check in step.checks):
            match check:
                case ScanCheck(tracked="serial"):
                    serials = tuple(_serial(check.material, number) for number in range(1, 100))
                    materials[check.material] = Material(
                        id=check.material, title=check.title, tracked="serial", serials=serials
                    )
                case ScanCheck():
                    lot = _lot(check.material)
                    materials[check.material] = Material(
                        id=check.material, title=check.title, lots={lot: 1e6}, expiries={lot: "2999-12-31"}
                    )
                case ToolCheck() | TighteningCheck():
                    tools.add(check.tool_class)
                case MeasureCheck():
                    tools.add(check.gauge_class)
                case ChoiceCheck():
                    reasons |= {option.reasons for option in check.options if option.reasons}
                case _:
                    pass
        wrong = Material(id="WRONG-PART", title="Another part", lots={WRONG_CODE: 1e6})
        return [
            *materials.values(),
            wrong,
            *(Tool(id=_tool(name), title=name, sort="tool", tool_class=name) for name in sorted(tools) if name),
            *(Reasons(id=name, reasons=("First reason", "Second reason")) for name in sorted(reasons)),
        ]


def _serial(material: str, number: int) -> str:
    return f"{material}-{number:03}"


def _lot(material: str) -> str:
    return f"{material}-LOT"


def _tool(tool_class: str) -> str:
    return f"TOOL-{tool_class}".upper().replace(" ", "-")


def _raise(error: BaseException) -> None:
    raise error
