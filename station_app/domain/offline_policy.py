"""What a site lets its stations do while the server cannot be asked whether a unit passed the operation before."""

from __future__ import annotations

import enum


class OfflinePolicy(enum.StrEnum):
    """``policy.previous_operation_offline`` of station.toml: nothing begins, a supervisor signs for it, or it begins.

    What began in the second or third way is marked "unverified" in its job.
    """

    BLOCK = "block"
    ALLOW_SIGNED = "allow_signed"
    ALLOW_UNVERIFIED = "allow_unverified"
