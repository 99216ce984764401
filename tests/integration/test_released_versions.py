"""From a draft to a unit, over the real database and a real station: released, asked about, withdrawn, and suggested back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest

from station_app.config.secret_files import read_password_file
from station_app.demo.plant import DATABASE, LINE, DemoPlant, DemoStation
from station_app.domain.checks import ConfirmCheck
from station_app.domain.inspection.plan import Characteristic, CharacteristicType, InspectionPlan
from station_app.domain.master import JobOrder, Operation, encode_item
from station_app.domain.work_master import Step, WorkMaster
from station_app.services.authoring import Authoring, PlanAuthoring
from station_app.storage.shared import DatabaseAddress
from station_app.storage.shared.admin import Publication, add_login, publish
from station_app.storage.shared.documents import PostgresDocuments
from tests.integration.cli.calling import call_station
from tests.plant import ANNA, ANNA_PIN, MARA, MARA_PIN, HeadlessStation
from tests.waiting import wait_until

DOC_90 = DemoStation("DOC-90", "Released versions", "inspection")


@dataclass
class Office:
    """An author at a desk of the plant, and its publisher."""

    plant: DemoPlant
    database: PostgresDocuments
    authoring: Authoring

    def release(self, version: str, policy: str) -> None:
        """Ines writes and releases, Paul approves."""
        step = Step(
            id="look",
            title={"en": "Look"},
            text={"en": f"Version {version}."},
            checks=(ConfirmCheck(id="seen", title="Seen"),),
        )
        written = WorkMaster(
            id="doc-look", version=version, title="Look", product="DOC", operation="look", steps=(step,)
        )
        status = self.authoring.save(written, {})
        status = self.authoring.submit(status, ["quality_engineer"], f"for version {version}")
        status = self.authoring.sign(status, "quality_engineer", "Paul Oster", "demo-paul-oster")
        self.authoring.release(status, policy)

    @property
    def plans(self) -> PlanAuthoring:
        """Document control of plans, by the same person."""
        return PlanAuthoring(self.database, self.authoring.access)

    def release_plan(self, version: str) -> None:
        """Ines writes and releases, Paul approves."""
        label = Characteristic(id="label", title="Label", balloon=1, type=CharacteristicType.ATTRIBUTE)
        written = InspectionPlan(
            id="doc-plan", version=version, product="DOC", operation="look", characteristics=(label,)
        )
        status = self.plans.submit(self.plans.save(written, {}), ["quality_engineer"], f"for version {version}")
        status = self.plans.sign(status, "quality_engineer", "Paul Oster", "demo-paul-oster")
        self.plans.release(status, "next unit")

    def withdraw_plan(self, version: str, reason: str) -> None:
        """Ines stops it."""
        self.plans.withdraw(self.plans.status("doc-plan", version), reason)

    def order(self, order_id: str, *serials: str) -> None:
        """An order that takes the newest version."""
        operation = Operation(id="look", title="Look", stations=(DOC_90.path,), work_master_id="doc-look")
        order = JobOrder(
            id=order_id, product="DOC", product_title="Document", quantity=len(serials), serials=serials,
            operations=(operation,),
        )  # fmt: skip
        login = add_login(self.plant.admin_url, "publisher", "doc_publisher")
        url = self.plant.postgres.url(login.name, login.password, DATABASE)
        publish(url, [Publication("order", order.id, encode_item(order))])


@pytest.fixture
def office(demo_plant: DemoPlant) -> Iterator[Office]:
    login = add_login(demo_plant.admin_url, "author", "doc_author")
    address = DatabaseAddress.from_url(demo_plant.postgres.url(login.name, login.password, DATABASE))
    database = PostgresDocuments(address)
    authoring = Authoring(database)
    authoring.refresh()
    authoring.sign_in("Ines Roth", "demo-ines-roth")
    yield Office(demo_plant, database, authoring)
    database.close()


def arrived(station: HeadlessStation, serial: str) -> None:
    """What was published before that serial number's order has come to the station."""

    def is_here() -> bool:
        return serial in station.must("dispatch")["serials"] or not station.must("pause", seconds=0.1)

    wait_until(is_here, 30.0, f"the order of {serial}")


def built(station: HeadlessStation, serial: str) -> None:
    station.must("scan", text=serial)
    station.must("confirm")


def test_units_are_built_with_what_is_released_at_that_moment(office: Office) -> None:
    with HeadlessStation(office.plant.write_settings(DOC_90)) as station:
        station.begin(ANNA, ANNA_PIN)
        office.order("DOC-1", "DOC-0001", "DOC-0002", "DOC-0003", "DOC-0004", "DOC-0005")
        arrived(station, "DOC-0001")
        assert "No version of this instruction is released yet" in station.refused("scan", text="DOC-0001")

        office.release("1", "next unit")
        office.order("DOC-2", "DOC-0011")
        arrived(station, "DOC-0011")
        station.must("scan", text="DOC-0001")
        station.must("suggest", text="say where to look", camera="bench")
        station.must("confirm")

        office.release("2", "ask")
        office.order("DOC-3", "DOC-0021")
        arrived(station, "DOC-0021")
        assert "version 2 of instruction doc-look is released" in station.refused("scan", text="DOC-0002")
        decision = {"order": "DOC-1", "version": "1", "reason": "use up the parts"}
        station.must("decide_version", **decision, badge=MARA, pin=MARA_PIN)
        built(station, "DOC-0002")

        status = office.authoring.status("doc-look", "1")
        office.authoring.withdraw(status, "looked at the wrong side")
        office.order("DOC-4", "DOC-0031")
        arrived(station, "DOC-0031")
        assert "The version before was withdrawn" in station.refused("scan", text="DOC-0003")
        station.must("decide_version", **{**decision, "version": "2"}, badge=MARA, pin=MARA_PIN)
        built(station, "DOC-0003")
        office.release_plan("1")
        office.withdraw_plan("1", "the datum is wrong")
        office.order("DOC-6", "DOC-0051")
        arrived(station, "DOC-0051")
        assert (
            station.refused("scan", text="DOC-0004") == "Inspection plan doc-plan 1 was withdrawn: the datum is wrong"
        )
        office.release_plan("2")
        office.order("DOC-7", "DOC-0061")
        arrived(station, "DOC-0061")
        station.must("scan", text="DOC-0005")
        station.must("abort", reason="enough seen")
        office.authoring.withdraw(office.authoring.status("doc-look", "2"), "and this one too")
        office.order("DOC-5", "DOC-0041")
        arrived(station, "DOC-0041")
        assert station.refused("scan", text="DOC-0004") == "Instruction doc-look 2 was withdrawn: and this one too"
        station.must("wait", **{"for": "drained"})
        (suggested,) = office.authoring.suggestions("doc-look")
        office.authoring.answer(suggested.suggestion_id, "in version 3")
        wait_until(lambda: station.must("answers")["answers"], 30.0, "the answer to the suggestion")
        (answer,) = station.must("answers")["answers"]
        assert (answer["answer"], answer["answered_by"]) == ("in version 3", "Ines Roth")
        assert (answer["actor"], answer["suggestion"]) == ("anna.keller", "say where to look")

    inspected = {use.version: use.units for use in office.plans.where_used("doc-plan").stations}
    assert inspected == {"2": 1}
    assert [unit.serial for unit in office.plans.units("doc-plan", "2")] == ["DOC-0005"]
    used = {use.version: use.units for use in office.authoring.where_used("doc-look").stations}
    assert used == {"1": 2, "2": 2}
    assert [unit.serial for unit in office.authoring.units("doc-look", "2")] == ["DOC-0005", "DOC-0003"]
    url = read_password_file(office.plant.author_file)
    told = call_station("instructions", "where-used", "doc-look@2", "--url", url, "--json")
    assert [unit["serial"] for unit in json.loads(told.stdout)["units"]] == ["DOC-0005", "DOC-0003"]
    assert (suggested.text, suggested.version, suggested.serial) == ("say where to look", "1", "DOC-0001")
    assert suggested.station == f"{LINE}/DOC-90"
    photo = suggested.evidence_sha256
    wait_until(lambda: office.authoring.suggestion_picture(photo) is not None, 20.0, "the photo of the suggestion")
    assert msgspec.to_builtins(office.authoring.suggestions("doc-look")[0])["answered_by"] == "ines.roth"
