"""What the site decided in station.toml reaches the rules of a running station."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.app.runtime import StationRuntime
from station_app.cli.output import settings
from station_app.domain.chain import REC
from station_app.domain.master import Person
from station_app.domain.records import EsdTested, decode_body
from station_app.domain.rules import Refusal
from station_app.services.posting import PostQueue
from tests.waiting import wait_until

STATION = """\
[station]
path = "Demo/Plant/Hall1/Line1/ASM-10"
kind = "assembly"
folder = "files"
"""


@pytest.mark.parametrize(
    ("written", "hours"), [("", 12.0), ("[policy]\nesd_valid_hours = 1.5\nmost_reworks = 0\n", 1.5)]
)
def test_an_esd_test_is_valid_for_as_long_as_the_site_says(tmp_path: Path, written: str, hours: float) -> None:
    file = tmp_path / "station.toml"
    file.write_text(STATION + written, encoding="utf-8")
    posts = PostQueue()
    runtime = StationRuntime(settings(file), posts.post)
    runtime.start()
    try:
        services = runtime.services
        services.ledger.person = Person(id="p-7", name="Paula Engel", roles=("operator",))
        saved = services.people.record_esd_test(True)
        wait_until(lambda: (posts.run_one(0.02), saved.done())[1], 10.0, "the record")
        (row,) = [row for row in runtime.journal.all_rows(REC) if row.kind == EsdTested.kind]
        fact = decode_body(row.kind, row.body)
        assert isinstance(fact, EsdTested) and fact.until_us is not None
        assert fact.until_us - row.wall_us == pytest.approx(hours * 3600e6, abs=5e6)
        assert services.execution._site.most_reworks == (0 if written else 3)
        with pytest.raises(Refusal):
            services.execution.start_rework("no job")
    finally:
        runtime.stop()
