"""A servo press that presses a bearing into a housing: motion, force and result as a plain model.

The ram comes down fast to just above the bearing, presses slowly, holds, and returns. The force is friction
that grows with the depth of the interference fit, then the steep rise when the bearing meets its shoulder;
the controller stops at that rise. The peak of a cycle is either drawn at random or directed beforehand. No
input or output here: :mod:`drivers.simulation.press_server` shows it as OPC UA nodes.
"""

from __future__ import annotations

import enum
import random

FORCE_RESOLUTION_KN = 0.01
CONTACT_MM = 82.0
SEAT_MM = 100.0
APPROACH_END_MM = 80.0
APPROACH_MM_PER_S = 90.0
PRESS_MM_PER_S = 9.0
RETURN_MM_PER_S = 120.0
HOLD_S = 0.6
SEAT_STIFFNESS_MM = 0.35
FRICTION_SHARE = 0.55
WINDOW_KN = (9.0, 14.0)
_NOISE_KN = 0.012
_USUAL_PEAK_KN = (12.4, 0.25)


class PressState(enum.StrEnum):
    """The press's step, as its State node shows it."""

    IDLE = "Idle"
    APPROACH = "Approach"
    PRESS = "Press"
    HOLD = "Hold"
    RETURN = "Return"


class Press:
    """The model; :meth:`step` moves it on by simulated time. Forces in kN, positions in mm from the top."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self.state = PressState.IDLE
        self.position_mm = 0.0
        self.force_kn = 0.0
        self.cycle_count = 0
        self.program = 1
        self.peak_force_kn = 0.0
        self.result = ""
        self._directed_kn: float | None = None
        self._target_kn = 0.0
        self._held_s = 0.0

    def direct_next_peak(self, peak_kn: float) -> None:
        """Decide the peak force of the next cycle. Raises ValueError outside 0.5 to 50 kN."""
        if not 0.5 <= peak_kn <= 50.0:
            raise ValueError(f"peak_kn is {peak_kn:g}; allowed: 0.5 to 50")
        self._directed_kn = peak_kn

    def start(self) -> bool:
        """Begin a cycle; False while one is running."""
        if self.state is not PressState.IDLE:
            return False
        mean, spread = _USUAL_PEAK_KN
        directed, self._directed_kn = self._directed_kn, None
        target = self._random.gauss(mean, spread) if directed is None else directed
        self._target_kn = round(target, 2)
        self.result = ""
        self.state = PressState.APPROACH
        return True

    def step(self, elapsed_s: float) -> None:
        """Let ``elapsed_s`` of simulated time pass, in pieces small enough for the steep rise."""
        while elapsed_s > 0:
            piece_s = min(elapsed_s, 0.01)
            elapsed_s -= piece_s
            self._move(piece_s)
        self.force_kn = self._measured_force()

    def _move(self, elapsed_s: float) -> None:
        if self.state is PressState.APPROACH:
            self.position_mm = min(self.position_mm + APPROACH_MM_PER_S * elapsed_s, APPROACH_END_MM)
            if self.position_mm >= APPROACH_END_MM:
                self.state = PressState.PRESS
        elif self.state is PressState.PRESS:
            self.position_mm += PRESS_MM_PER_S * elapsed_s
            if self._true_force() >= self._target_kn:
                self.position_mm = self._position_of_peak()
                self.state, self._held_s = PressState.HOLD, 0.0
        elif self.state is PressState.HOLD:
            self._held_s += elapsed_s
            if self._held_s >= HOLD_S:
                low, high = WINDOW_KN
                # as a controller reports it: one result a cycle, which stands until the next
                self.peak_force_kn = self._target_kn
                self.result = "OK" if low <= self.peak_force_kn <= high else "NOK"
                self.cycle_count += 1
                self.state = PressState.RETURN
        elif self.state is PressState.RETURN:
            self.position_mm = max(self.position_mm - RETURN_MM_PER_S * elapsed_s, 0.0)
            if self.position_mm <= 0.0:
                self.state = PressState.IDLE

    def _true_force(self) -> float:
        """Friction along the fit, then the rise at the shoulder; none while the ram is going back."""
        if self.state not in (PressState.PRESS, PressState.HOLD) or self.position_mm <= CONTACT_MM:
            return 0.0
        depth_share = min((self.position_mm - CONTACT_MM) / (SEAT_MM - CONTACT_MM), 1.0)
        friction_kn = FRICTION_SHARE * self._target_kn * float(depth_share**0.8)
        beyond_mm = max(self.position_mm - SEAT_MM, 0.0)
        return friction_kn + (1 - FRICTION_SHARE) * self._target_kn * beyond_mm / SEAT_STIFFNESS_MM

    def _position_of_peak(self) -> float:
        return SEAT_MM + SEAT_STIFFNESS_MM

    def _measured_force(self) -> float:
        """What the load cell shows: noise, its resolution, and never above the peak that was directed."""
        noisy_kn = self._true_force() + self._random.gauss(0.0, _NOISE_KN)
        highest_kn = self._target_kn if self._target_kn else 50.0
        shown_kn = min(max(noisy_kn, 0.0), highest_kn)
        return round(round(shown_kn / FORCE_RESOLUTION_KN) * FORCE_RESOLUTION_KN, 2)
