"""The control charts there are, by name; without the arrays that computing them needs."""

from __future__ import annotations

import enum


class ChartKind(enum.StrEnum):
    """The charts there are, by the names people use."""

    XBAR_R = "xbar-r"
    XBAR_S = "xbar-s"
    I_MR = "i-mr"
    P = "p"
    NP = "np"
    C = "c"
    U = "u"
    EWMA = "ewma"
    CUSUM = "cusum"


ATTRIBUTE_KINDS = (ChartKind.P, ChartKind.NP, ChartKind.C, ChartKind.U)
