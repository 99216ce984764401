"""Recorded lines: whole ones are kept in order, torn ones are counted."""

from __future__ import annotations

from pathlib import Path

from drivers.mtconnect.documents import DocumentReader
from drivers.simulation.agent import SimulatedAgent
from drivers.simulation.recording import Line, items_of, play, read_recording


def test_torn_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    file = tmp_path / "mill.txt"
    file.write_text(
        "2017-02-07T16:02:27.75Z|Program|A.NC\n2017-02-07T16:02:28Z|Feed_Rate|1.5\n2017-02-07T16:02|Feed\n"
        "2017-02-07T16:02:29Z|Feed_Rate|\n2017-02-07T16:02:30Z|Feed_Rate|2\n",
        encoding="utf-8",
    )
    recording = read_recording(file)
    assert recording.torn == 2
    assert recording.lines[0] == Line("2017-02-07T16:02:27.75Z", "Program", "A.NC")
    assert [line.text for line in recording.lines] == ["A.NC", "1.5", "2"]
    assert [(item.name, item.category) for item in items_of(recording.lines)] == [
        ("Program", "EVENT"),
        ("Feed_Rate", "SAMPLE"),
    ]


def test_played_lines_are_in_the_agents_buffer_in_order() -> None:
    lines = [Line(f"2017-02-07T16:02:{n:02}Z", "Feed_Rate", str(n)) for n in range(10)]
    agent = SimulatedAgent("mill", items_of(lines), buffer_size=8)
    play(agent, lines)
    document, next_sequence = agent.sample(agent.first_sequence, 100, set(agent.items))
    reader = DocumentReader()
    reader.feed(document.encode("utf-8"))
    assert [observation.text for observation in reader.close().observations] == [str(n) for n in range(2, 10)]
    assert (agent.first_sequence, next_sequence) == (4, 12)
