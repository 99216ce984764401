"""Room for pictures: the rule as station.toml says it, and when it is applied."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from station_app.app.evidence import ROOM, SOURCE, EvidenceKeeping, free_bytes, retention_rule
from station_app.config import load_config
from station_app.domain.evidence_retention import MIB, Removal, RetentionPlan
from station_app.services.ports import JournalFull
from station_app.services.removing_evidence import Pruned

GONE = Removal("a" * 64, 10, "older than 30 days")


class Rounds:
    """A retention with prepared answers, the alarms that were set, and a pool that works at once."""

    def __init__(self, *answers: Pruned | Exception) -> None:
        self.answers, self.asked = list(answers), 0
        self.at_once: list[int] = []
        self.alarms: list[tuple[bool, str]] = []

    def prune(self, at_once: int) -> Pruned:
        self.asked += 1
        self.at_once.append(at_once)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def condition(self, source: str, code: str, active: bool, text: str, _priority: str) -> None:
        assert (source, code) == (SOURCE, ROOM)
        self.alarms.append((active, text))


class AtOnce(Executor):
    """Does the work where it is asked for."""

    def submit(self, work: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The work's outcome."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # an executor's duty
            future.set_exception(error)
        return future


def keeping(rounds: Rounds, now_s: Callable[[], float]) -> EvidenceKeeping:
    return EvidenceKeeping(rounds, AtOnce(), lambda call: call(), rounds, now_s)  # type: ignore[arg-type]  # stand-ins


def test_the_rule_is_as_station_toml_says(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    text = (
        f'[station]\npath = "A/B/C/D/E"\nname = "E"\nkind = "assembly"\nfolder = \'{tmp_path / "not yet" / "files"}\'\n'
    )
    file.write_text(text + "[evidence]\nkeep_days = 30\nmax_size_mib = 500\n", encoding="utf-8")
    rule = retention_rule(load_config(file))
    assert (rule.keep_days, rule.max_bytes) == (30, 500 * MIB)
    assert rule.min_free_bytes == min(1024 * MIB, shutil.disk_usage(tmp_path).total // 20)
    assert free_bytes(tmp_path / "not yet" / "files") > 0
    file.write_text(text + "[historian]\nmin_free_mib = 7\n", encoding="utf-8")
    rule = retention_rule(load_config(file))
    assert (rule.keep_days, rule.max_bytes, rule.min_free_bytes) == (180, 20_480 * MIB, 7 * MIB)


def test_in_contact_in_time_and_round_by_round() -> None:
    now_s = [0.0]
    plan = RetentionPlan((GONE,), 10)
    rounds = Rounds(
        Pruned(plan, (GONE,), more=True), Pruned(plan, (GONE,), lacking="Too much."), Pruned(RetentionPlan((), 0))
    )
    room = keeping(rounds, lambda: now_s[0])
    room.follow(True)
    assert rounds.asked == 0, "not in the middle of the start"
    now_s[0] = 61
    room.follow(True)
    room.follow(True)
    assert (rounds.asked, rounds.alarms) == (1, []), "nothing can be said in the middle of it"
    now_s[0] = 67
    room.follow(True)
    assert rounds.alarms[-1] == (True, "Too much.")
    now_s[0] = 600
    room.follow(True)
    assert rounds.asked == 2
    now_s[0] = 668
    room.follow(True)
    assert rounds.alarms[-1] == (False, "")


def test_without_the_server_the_room_is_looked_at_and_nothing_removed() -> None:
    now_s = [61.0]
    rounds = Rounds(Pruned(RetentionPlan((GONE,), 10), lacking="Little room."), Pruned(RetentionPlan((), 0)))
    room = keeping(rounds, lambda: now_s[0])
    for seconds in (61, 661):
        now_s[0] += seconds
        room.follow(False)
    assert rounds.at_once == [0, 0]
    assert rounds.alarms == [(True, "Little room."), (False, "")]


def test_a_full_journal_is_an_alarm_and_is_tried_again() -> None:
    now_s = [0.0]
    rounds = Rounds(JournalFull("no room"), Pruned(RetentionPlan((), 0)))
    room = keeping(rounds, lambda: now_s[0])
    now_s[0] = 61
    room.follow(True)
    assert rounds.alarms == [(True, "Pictures could not be looked through: no room")]
    now_s[0] = 700
    room.follow(True)
    assert rounds.alarms[-1] == (False, "")
