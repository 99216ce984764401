"""Master data from files and folders: publications in a useful order, or every fault at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from station_app.domain.fault import Fault
from station_app.domain.master import JobOrder, Person, decode_item
from station_app.domain.work_master import decode_work_master
from station_app.storage.master_files import MasterFileError, MasterFiles, read_master_path
from tests.unit.storage.instructions.authored_work_master import make_folder

ORDER = """\
[[order]]
id = "4711"
product = "GX-40"
serials = ["A-1..A-3"]
[[order.operation]]
id = "assembly"
stations = ["a/b/c/d/e"]
work_master = "demo"
version = "A"
"""
PERSON = '[[person]]\nid = "anna"\nname = "Anna"\nroles = ["operator"]\nbadge = "0123456789abcdef"\npin = "1414"\n'
MATERIAL = '[[material]]\nid = "6204"\ntitle = "Bearing"\nlots = { L1 = 5 }\n'
REASONS = '[[reasons]]\nid = "andon"\nreasons = ["Quality"]\n'
PLAN = '[[plan]]\nid = "p"\nproduct = "GX-40"\noperation = "o"\nballoons = { bore = 1 }\n'


def plain(secret: str) -> str:
    """Stands for argon2id, to see what was hashed."""
    return f"hash of {secret}"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def faults_of(path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(MasterFileError) as raised:
        read_master_path(path, plain)
    return [(fault.file, fault.line, fault.message) for fault in raised.value.faults]


def kinds(files: MasterFiles) -> list[tuple[str, str]]:
    return [(publication.kind, publication.id) for publication in files.publications]


def test_a_folder_with_everything(tmp_path: Path) -> None:
    write(tmp_path, a_orders=ORDER, b_people=PERSON, c=MATERIAL + REASONS + PLAN)
    make_folder(tmp_path / "deep" / "deeper")
    (tmp_path / "README.md").write_text("not master data", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.toml").write_text("rubbish", encoding="utf-8")
    files = read_master_path(tmp_path, plain)
    assert kinds(files) == [
        ("reasons", "andon"),
        ("material", "6204"),
        ("person", "anna"),
        ("work_master", "demo@A"),
        ("plan", "p@1"),
        ("order", "4711"),
    ]
    for publication in files.publications:
        assert publication.sha256 == hashlib.sha256(publication.body).hexdigest()
    (media,) = files.media
    assert (media.media_type, hashlib.sha256(media.content).hexdigest()) == ("image/svg+xml", media.sha256)
    body = files.publications[3]
    assert media.sha256 in decode_work_master(body.body, body.sha256).media()


def test_one_file_and_one_work_master(tmp_path: Path) -> None:
    write(tmp_path, orders=ORDER)
    order = decode_item(JobOrder, read_master_path(tmp_path / "orders.toml", plain).publications[0].body)
    assert isinstance(order, JobOrder)
    assert (order.quantity, order.serials) == (3, ("A-1", "A-2", "A-3"))
    folder = make_folder(tmp_path)
    assert kinds(read_master_path(folder, plain)) == [("work_master", "demo@A")]
    assert kinds(read_master_path(folder / "work_master.toml", plain)) == [("work_master", "demo@A")]


def test_secrets_are_hashed_and_not_published(tmp_path: Path) -> None:
    write(tmp_path, people=PERSON + 'password = "long enough"\n')
    body = read_master_path(tmp_path, plain).publications[0].body
    person = decode_item(Person, body)
    assert isinstance(person, Person)
    assert person.badge_sha256 == hashlib.sha256(b"0123456789abcdef").hexdigest()
    assert person.pin_hash == "hash of 0123456789abcdef:1414"
    assert person.password_hash == "hash of long enough"
    published = body.decode().replace("hash of 0123456789abcdef:1414", "").replace("hash of long enough", "")
    assert "0123456789abcdef" not in published
    assert "long enough" not in published


def test_every_fault_of_every_file_at_once(tmp_path: Path) -> None:
    write(tmp_path, a=ORDER.replace('"A-1..A-3"', '"A-1", "?"'), b="x = \n", c="[[ordr]]\nid = 1\n")
    make_folder(tmp_path, ('version = "A"', "version = 1"))
    assert [(file, line) for file, line, _ in faults_of(tmp_path)] == [
        ("a.toml", 4),
        ("b.toml", 1),
        ("c.toml", 1),
        ("demo/work_master.toml", 2),
    ]


@pytest.mark.parametrize(
    ("first", "second", "line", "message"),
    [
        (ORDER, ORDER.replace("A-1..A-3", "B-1"), 2, "the order 4711 is given twice, first in a.toml:1"),
        (ORDER, ORDER.replace("4711", "4712"), 4, "the serial number A-1 is given twice, first in a.toml:1"),
        (PERSON, PERSON.replace('"anna"', '"tom"'), 5, "is given twice, first in a.toml:1"),
        (PERSON, PERSON.replace("0123", "9999"), 2, "the person anna is given twice"),
        (MATERIAL, MATERIAL.replace("6204", "6205"), 4, "the lot L1 is given twice"),
        (REASONS, REASONS, 2, "the reasons andon is given twice"),
        (PLAN, PLAN, 2, "the plan p is given twice"),
    ],
)
def test_identities_given_twice(tmp_path: Path, first: str, second: str, line: int, message: str) -> None:
    faults = faults_of(write(tmp_path, a=first, b=second))
    assert all(fault[:2] == ("b.toml", line) for fault in faults)
    assert message in faults[0][2]


def test_a_work_master_version_given_twice(tmp_path: Path) -> None:
    make_folder(tmp_path, name="one")
    make_folder(tmp_path, name="two")
    ((file, _, message),) = faults_of(tmp_path)
    assert file == "two/work_master.toml"
    assert "given twice, first in one/work_master.toml" in message


def test_paths_that_hold_nothing(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "none")[0][2] == "does not exist"
    assert faults_of(tmp_path)[0][2] == "nothing to publish is here"
    write(tmp_path, empty="")
    assert faults_of(tmp_path)[0][2] == "nothing to publish is here"


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff")
    assert faults_of(tmp_path) == [("a.toml", 1, "byte 0xFF is not UTF-8")]


def test_faults_never_repeat_a_secret(tmp_path: Path) -> None:
    text = PERSON.replace('"1414"', '"14-secret"').replace("0123456789abcdef", "short-secret")
    with pytest.raises(MasterFileError) as raised:
        read_master_path(write(tmp_path, a=text + 'password = "secret"\n'), plain)
    assert len(raised.value.faults) == 3
    assert "secret" not in str(raised.value)
    assert all(isinstance(fault, Fault) for fault in raised.value.faults)
