"""Facts about people and settings: sessions, signatures, overrides, and what the audit channel holds."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.chain import AUDIT
from station_app.domain.outcome import Outcome
from station_app.domain.records.base import Fact


class Signature(Fact, frozen=True, kw_only=True):
    """A person signed (21 CFR 11.50): printed name, meaning, what was signed by id and hash, and how."""

    kind: ClassVar[str] = "signature"
    person_id: str
    printed_name: str
    meaning: str
    signed_ids: tuple[str, ...]
    signed_hashes: tuple[str, ...]
    method: str
    serial: str = ""
    job_id: str = ""


class ApplicationState(Fact, frozen=True, kw_only=True):
    """The application started or stopped in good order. ``state``: started, stopped."""

    kind: ClassVar[str] = "application_state"
    chan: ClassVar[str] = AUDIT
    state: str
    application_version: str
    computer: str
    remark: str = ""


class PersonSession(Fact, frozen=True, kw_only=True):
    """A person signed in or out. ``state``: signed_in, signed_out, refused, locked."""

    kind: ClassVar[str] = "person_session"
    chan: ClassVar[str] = AUDIT
    state: str
    person_id: str
    method: str
    reason: str = ""


class Override(Fact, frozen=True, kw_only=True):
    """A rule was set aside by a permitted person."""

    kind: ClassVar[str] = "override"
    chan: ClassVar[str] = AUDIT
    rule: str
    reason: str
    approved_by: str
    serial: str = ""
    job_id: str = ""


class SettingChanged(Fact, frozen=True, kw_only=True):
    """A setting or a master-data revision took effect at the station."""

    kind: ClassVar[str] = "setting_changed"
    chan: ClassVar[str] = AUDIT
    setting: str
    old: str
    new: str
    reason: str = ""


class EsdTested(Fact, frozen=True, kw_only=True):
    """A person's ESD protection (wrist strap, shoes) was tested; it is good until ``until_us``, UTC."""

    kind: ClassVar[str] = "esd_tested"
    person_id: str
    tester: str
    value_text: str = ""
    until_us: int | None = None
    outcome: Outcome
