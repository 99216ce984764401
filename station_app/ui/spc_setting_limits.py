"""The course of setting control limits on their page: begin, choose the points, compare, sign; or leave them as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.rules import Refusal
from station_app.domain.spc.live import LiveChart, live_chart
from station_app.domain.spc.points import ChartPoint
from station_app.services.spc import ChartEntry, ProcessControl, Proposal
from station_app.ui.spc_limits import LimitsCard, LimitsChoice
from widgets.control_chart import ControlChart


class LimitsSetting:
    """Which points are chosen for the limits of one chart, and what follows from them; ``changed`` draws it."""

    def __init__(
        self, control: ProcessControl, chart: ControlChart, card: LimitsCard, changed: Callable[[], None]
    ) -> None:
        self._control = control
        self._chart = chart
        self._card = card
        self._changed = changed
        self._choice: LimitsChoice | None = None
        self._chart_id = ""

    @property
    def active(self) -> bool:
        """Whether points are being chosen."""
        return self._choice is not None

    def begin(self, chart_id: str) -> None:
        """Choose the points of a chart."""
        self._choice, self._chart_id = LimitsChoice(), chart_id
        self._card.reason.clear()

    def end(self) -> None:
        """Leave the limits as they are."""
        self._choice = None
        self._chart.set_excluded(())

    def as_proposed(self, entry: ChartEntry, live: LiveChart) -> LiveChart:
        """All points against the limits that are proposed."""
        proposal = self.proposal()
        if isinstance(proposal, Refusal):
            return live
        return live_chart(entry.settings, self._control.points(entry.chart_id), proposal.limits)

    def proposal(self) -> Proposal | Refusal:
        """The limits that follow from the points that are chosen, or why none do."""
        assert self._choice is not None
        return self._choice.propose(self._control, self._chart_id)

    def show(self, entry: ChartEntry, live: LiveChart, group: Sequence[ChartPoint]) -> None:
        """What is chosen, with ``group`` as the point that the buttons mean."""
        choice = self._choice
        assert choice is not None
        ids = [point.point_id for point in group]
        out = bool(ids) and choice.left_out.issuperset(ids)
        self._card.show_proposal(entry, live, self.proposal(), bool(ids), out)
        self._chart.set_excluded(_left_out(live, choice))

    def toggle(self, group: Sequence[ChartPoint]) -> None:
        """Leave a plotted point out, or take it in again."""
        if self._choice is not None:
            self._choice.toggle([point.point_id for point in group])
            self._changed()

    def bound(self, group: Sequence[ChartPoint], *, first: bool) -> None:
        """The baseline begins, or ends, with a plotted point."""
        if self._choice is None or not group:
            return
        if first:
            self._choice.first = group[0].point_id
        else:
            self._choice.last = group[-1].point_id
        self._changed()

    def freezing(self, reason: str, ended: Callable[[], None]) -> Callable[[Approval], Future[list[Row]]] | None:
        """What a signature does: freeze the limits proposed now. None while none are."""
        proposal = self.proposal()
        if isinstance(proposal, Refusal):
            return None

        def signed(approval: Approval) -> Future[list[Row]]:
            saving = self._control.freeze(proposal, reason, approval)
            ended()
            return saving

        return signed


def _left_out(live: LiveChart, choice: LimitsChoice) -> list[int]:
    """The plotted points (from 0) that are not of the baseline."""
    first = (live.index_of(choice.first) if choice.first else None) or 1
    last = (live.index_of(choice.last) if choice.last else None) or len(live.groups)
    return [
        at
        for at, group in enumerate(live.groups)
        if not first <= at + 1 <= last or group[-1].point_id in choice.left_out
    ]
