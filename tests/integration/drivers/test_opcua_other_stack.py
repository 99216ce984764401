"""The OPC UA driver against a server of another stack (node-opcua): what only a foreign implementation can show."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.base import Connection, Quality, Tag
from drivers.bench import walk
from drivers.opcua import OpcUaDriver, OpcUaSecurity
from drivers.opcua.certificates import fetch_server_certificate, own_certificate
from tests.drivers_support import Recorder, eventually, quick, running
from tests.integration.drivers.other_stack import OtherStack


def tag(other: OtherStack, name: str, interval_s: float = 0.1, **more: bool) -> Tag:
    return Tag(name, other.address(name), interval_s=interval_s, **more)  # type: ignore[arg-type]  # writable= only


def good(recorder: Recorder, tags: list[Tag]) -> bool:
    return all(recorder.quality(tag.name) is Quality.GOOD for tag in tags)


def values(recorder: Recorder, name: str) -> list[object]:
    return [sample.value for sample in recorder.samples if sample.tag == name and sample.quality is Quality.GOOD]


def test_its_values_arrive_are_described_and_can_be_written(other: OtherStack) -> None:
    async def scenario() -> None:
        tags = [tag(other, name) for name in ("Force", "Mode", "Phase", "Name", "Curve?index=2", "Recipe?path=number")]
        program = tag(other, "Program", writable=True)
        driver = OpcUaDriver("press", other.url)
        async with running(driver, tags) as recorder:
            await eventually(lambda: good(recorder, tags), 5.0, "Good")
            assert [recorder.last(t.name).value for t in tags] == [0.0, 1, 20, "press 1", 3.0, 7]  # type: ignore[union-attr]  # Good
            texts = {t.name: recorder.last(t.name).text for t in tags}  # type: ignore[union-attr]  # Good above
            assert (texts["Mode"], texts["Phase"], texts["Force"]) == ("Manual", "Pressing", "")
            force = recorder.descriptions["Force"]
            assert (force.unit, force.low, force.high, force.data_type) == ("kN", 0.0, 200.0, "Double")
            assert force.description == "The press's force"
            assert recorder.descriptions["Phase"].states == ((10, "Idle"), (20, "Pressing"))
            skew_s = recorder.states[-1].clock_skew_s
            assert skew_s is not None and abs(skew_s) < 1.0
            assert (await driver.write(program, 5)).status == "Good"
            (written,) = await driver.read([program])
            assert written.value == 5

    asyncio.run(scenario())


def test_its_tree_is_walked_and_what_is_listed_can_be_read(other: OtherStack) -> None:
    async def scenario() -> None:
        driver = OpcUaDriver("press", other.url)
        tree = {node.name: node for depth, node in await walk(driver, 200) if depth == 1}
        assert {"Force", "Counter", "Recipe", "Mode"} <= tree.keys()
        assert (tree["Force"].unit, tree["Force"].data_type, tree["Force"].writable) == ("kN", "Double", True)
        assert not tree["Force"].has_children
        (sample,) = await driver.read([Tag("x", tree["Force"].address)])
        assert sample.quality is Quality.GOOD
        await driver.close()

    asyncio.run(scenario())


def test_parts_of_a_structure_follow_it_and_its_changing_arrays(other: OtherStack) -> None:
    async def scenario() -> None:
        first, second, unit = (
            tag(other, f"Recipe?path={part}") for part in ("limits.force[0]", "limits.force[1]", "history[0].unit")
        )
        unit = dataclasses.replace(unit, stale_after_s=1.0)
        missing, whole = tag(other, "Recipe?path=limits.speed"), tag(other, "Recipe")
        async with running(OpcUaDriver("press", other.url), [first, second, unit, missing, whole]) as recorder:
            other.tell("recipe", "Recipe", force=[1.5, 2.5])
            await eventually(lambda: 2.5 in values(recorder, second.name), 5.0, "the second limit")
            assert good(recorder, [first, second, unit])
            assert recorder.status(missing.name) == "BadNoMatch"
            assert recorder.status(whole.name) == "BadTypeMismatch"
            other.tell("recipe", "Recipe", force=[9.5])
            await eventually(lambda: recorder.status(second.name) == "BadIndexRangeNoData", 2.0, "a shorter array")
            assert values(recorder, first.name)[-1] == 9.5
            other.tell("recipe", "Recipe", force=[1.5, 3.5])
            await eventually(lambda: values(recorder, second.name)[-1] == 3.5, 2.0, "longer again")
            begun = time.monotonic()
            await eventually(lambda: time.monotonic() > begun + 2.0, 4.0, "longer than stale_after_s")
            assert recorder.quality(unit.name) is Quality.GOOD, "a part that rests while others change is not stale"

    asyncio.run(scenario())


def test_a_structure_that_its_node_does_not_announce_is_looked_up(other: OtherStack) -> None:
    async def scenario() -> None:
        force = tag(other, "Anything?path=limits.force[0]")
        driver = OpcUaDriver("press", other.url)
        async with running(driver, [force]) as recorder:
            await eventually(lambda: 6.5 in values(recorder, force.name), 3.0, "its type is found")
        (sample,) = await driver.read([force])
        await driver.close()
        assert sample.value == 6.5

    asyncio.run(scenario())


def test_a_queue_of_100_at_10_ms_arrives_whole_and_in_order(other: OtherStack) -> None:
    async def scenario() -> None:
        counter = tag(other, "Counter?queue=100&sampling_s=0", interval_s=0.5)
        async with running(OpcUaDriver("press", other.url), [counter]) as recorder:
            await eventually(lambda: good(recorder, [counter]), 5.0, "Good")
            other.tell("count", "Counter", on=True)
            await eventually(lambda: len(values(recorder, counter.name)) > 150, 10.0, "150 counted")
            other.tell("count", "Counter", on=False)
            seen = values(recorder, counter.name)
            assert seen == list(range(int(str(seen[0])), int(str(seen[0])) + len(seen)))
            assert recorder.states[-1].overflows == 0

    asyncio.run(scenario())


def test_a_queue_that_is_too_short_overflows_and_is_counted(other: OtherStack) -> None:
    async def scenario() -> None:
        counter = tag(other, "Counter?queue=5&sampling_s=0", interval_s=1.0)
        async with running(OpcUaDriver("press", other.url), [counter]) as recorder:
            await eventually(lambda: good(recorder, [counter]), 5.0, "Good")
            other.tell("count", "Counter", on=True)
            await eventually(lambda: recorder.states[-1].overflows > 0, 5.0, "the overflow is told")
            other.tell("count", "Counter", on=False)
            assert recorder.quality(counter.name) is Quality.GOOD, "the newest value is right all the same"

    asyncio.run(scenario())


@pytest.mark.parametrize(("deadband", "least"), [("deadband=2", 2.0), ("deadband_percent=1.5", 3.0)])
def test_changes_within_a_deadband_are_not_told_and_a_slow_ramp_is(
    other: OtherStack, deadband: str, least: float
) -> None:
    async def scenario() -> None:
        force = tag(other, f"Force?{deadband}&sampling_s=0&queue=200", interval_s=0.1)
        async with running(OpcUaDriver("press", other.url), [force]) as recorder:
            await eventually(lambda: good(recorder, [force]), 5.0, "Good")
            for step in range(1, 101):
                other.tell("set", "Force", value=step * 0.1)
            await eventually(
                lambda: float(str(values(recorder, force.name)[-1])) > 10.0 - least - 0.01, 3.0, "the ramp"
            )
            numbers = [float(str(value)) for value in values(recorder, force.name)]
            other.tell("set", "Force", value=0.0)
            assert len(numbers) < 10
            assert all(later - earlier > least for earlier, later in itertools.pairwise(numbers))

    asyncio.run(scenario())


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"])
def test_encrypted_with_our_own_certificate_and_every_kind_of_login(
    other: OtherStack, tmp_path: Path, policy: str
) -> None:
    station, person = own_certificate("asm-10", tmp_path), own_certificate("anna", tmp_path, person=True)
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    (trusted / "press.der").write_bytes(other.certificate)
    files = (policy, station.certificate, station.private_key, trusted)
    certificate = {"user_certificate": person.certificate, "user_private_key": person.private_key}
    logins = [
        (OpcUaSecurity(*files), "AnonymousIdentityToken"),
        (OpcUaSecurity(*files, "operator", "correct horse"), "UserNameIdentityToken operator"),
        (OpcUaSecurity(*files, **certificate), "X509IdentityToken CN=anna, O=Station"),  # type: ignore[arg-type]  # paths
    ]

    async def scenario() -> None:
        for security, login in logins:
            driver = OpcUaDriver("press", other.url, security)
            (sample,) = await driver.read([tag(other, "Name")])
            await driver.close()
            assert sample.value == "press 1"
            assert other.login == login

    asyncio.run(scenario())


def test_its_certificate_is_fetched_for_a_person_to_compare(other: OtherStack) -> None:
    fetched = asyncio.run(fetch_server_certificate(other.url))
    assert fetched.public_bytes(Encoding.DER) == other.certificate


@pytest.mark.expected_log(r"^press: .* refuses: ")
def test_a_wrong_password_is_refused_with_the_reason(other: OtherStack, tmp_path: Path) -> None:
    async def scenario() -> None:
        wrong = OpcUaSecurity(username="operator", password="wrong horse")  # a wrong one on purpose
        tags = [tag(other, "Name")]
        async with running(OpcUaDriver("press", other.url, wrong, backoff=quick()), tags) as recorder:
            await eventually(lambda: recorder.connection is Connection.LOST, 5.0, "refused")
            assert "refuses: Bad" in recorder.reason
            assert recorder.quality("Name") is Quality.BAD

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("moment", "status"),
    [("2099-01-01T00:00:00Z", "BadInvalidTimestamp"), ("1601-01-01T00:00:00Z", "Good")],
)
def test_times_that_cannot_be(other: OtherStack, moment: str, status: str) -> None:
    async def scenario() -> None:
        force = tag(other, "Force")
        async with running(OpcUaDriver("press", other.url), [force]) as recorder:
            await eventually(lambda: good(recorder, [force]), 5.0, "Good")
            other.tell("set", "Force", value=77.0, time=moment)
            await eventually(
                lambda: 77.0 in values(recorder, "Force") or recorder.status("Force") != "Good", 2.0, "told"
            )
            last = recorder.last("Force")
            assert last is not None and last.status == status
            assert last.source_time is None, "a time that cannot be is not passed on"
            other.tell("set", "Force", value=0.0)
            await eventually(lambda: good(recorder, [force]), 2.0, "Good again")

    asyncio.run(scenario())
