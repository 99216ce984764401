"""Settings that contradict themselves are refused before anything is connected."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.opcua.security import OpcUaSecurity, load_certificate


def test_unknown_policy() -> None:
    with pytest.raises(ValueError, match=r"\"Basic128\" is unknown; allowed: Basic256Sha256"):
        OpcUaSecurity(policy="Basic128")


@pytest.mark.parametrize("missing", ["certificate", "private_key", "trusted_folder"])
def test_a_policy_needs_its_files(missing: str, tmp_path: Path) -> None:
    files = {name: tmp_path for name in ("certificate", "private_key", "trusted_folder") if name != missing}
    with pytest.raises(ValueError, match=missing):
        OpcUaSecurity(policy="Basic256Sha256", **files)  # type: ignore[arg-type]  # all are paths


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    for name, content in (("a.der", b"nothing"), ("b.pem", b"-----BEGIN CERTIFICATE-----\nx\n")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ValueError, match=name):
            load_certificate(path)


def test_a_user_logs_in_in_one_way_with_both_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="give both or none"):
        OpcUaSecurity(user_certificate=tmp_path)
    with pytest.raises(ValueError, match="not by both"):
        OpcUaSecurity(username="anna", user_certificate=tmp_path, user_private_key=tmp_path)
