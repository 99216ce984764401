"""A test bench for gear reducers: speed ramp, warm-up, vibration and current, and its Modbus register image.

The bench starts when coil 0 (run) is set and runs at the speed in holding register 0. Its measured values are
in the input registers from 0 and, as many devices mirror them, in the holding registers from 100:

    offset  holding  value                type     word order
    0       100      temperature, C       float32  big
    2       102      vibration, mm/s      float32  big
    4       104      current, A           float32  little
    6       106      speed, rpm           float32  little
    8       108      status bits          uint16   bit 0 running, 1 at speed, 2 warm, 3 vibration high
    9       109      heartbeat, 1/scan    uint16
    10      110      run counter          uint32   big
    12      112      name                 string   16 characters

Discrete inputs 0 to 3 repeat the status bits. Anything else answers "illegal data address".
"""

from __future__ import annotations

import math
import random
import struct

AMBIENT_C = 21.5
WARM_C = 45.0
WARMING_S = 90.0
RAMP_RPM_PER_S = 400.0
RATED_RPM = 1400
VIBRATION_HIGH_MM_S = 4.5
NAME = "TEST BENCH 20"
IMAGE_LENGTH = 20
MIRROR_OFFSET = 100


class Bench:
    """The model; :meth:`step` moves it on by simulated time."""

    def __init__(self, seed: int = 2) -> None:
        self._random = random.Random(seed)
        self.run_command = False
        self.speed_setpoint_rpm = RATED_RPM
        self.temperature_c = AMBIENT_C
        self.speed_rpm = 0.0
        self.vibration_mm_s = 0.0
        self.current_a = 0.0
        self.heartbeat = 0
        self.run_count = 0
        self._was_running = False

    @property
    def running(self) -> bool:
        return self.speed_rpm > 1.0

    @property
    def status_bits(self) -> int:
        at_speed = self.running and abs(self.speed_rpm - self.speed_setpoint_rpm) < 15
        bits = (self.running, at_speed, self.temperature_c >= 40.0, self.vibration_mm_s > VIBRATION_HIGH_MM_S)
        return sum(1 << position for position, is_set in enumerate(bits) if is_set)

    def step(self, elapsed_s: float) -> None:
        """Let ``elapsed_s`` of simulated time pass."""
        if self.run_command and not self._was_running:
            self.run_count += 1
        self._was_running = self.run_command
        target_rpm = float(self.speed_setpoint_rpm) if self.run_command else 0.0
        change_rpm = max(-RAMP_RPM_PER_S * elapsed_s, min(RAMP_RPM_PER_S * elapsed_s, target_rpm - self.speed_rpm))
        self.speed_rpm = max(0.0, self.speed_rpm + change_rpm)
        load_share = self.speed_rpm / RATED_RPM
        final_c = AMBIENT_C + (WARM_C - AMBIENT_C) * load_share
        self.temperature_c += (final_c - self.temperature_c) * (1 - math.exp(-elapsed_s / WARMING_S))
        noise = self._random.gauss
        self.vibration_mm_s = max(0.0, 1.9 * load_share**1.5 + noise(0, 0.03 + 0.04 * load_share))
        accelerating = 2.5 if change_rpm > 1.0 else 0.0
        self.current_a = max(0.0, (0.9 + 1.3 * load_share + accelerating) * min(load_share * 20, 1) + noise(0, 0.02))
        self.heartbeat = (self.heartbeat + 1) & 0xFFFF

    def registers(self) -> list[int]:
        """The 20 registers of measured values, as in the table above."""
        speed_rpm = self.speed_rpm + (self._random.gauss(0, 0.6) if self.running else 0.0)
        image = [
            *_float_registers(self.temperature_c + self._random.gauss(0, 0.02)),
            *_float_registers(self.vibration_mm_s),
            *reversed(_float_registers(self.current_a)),
            *reversed(_float_registers(speed_rpm)),
            self.status_bits,
            self.heartbeat,
            self.run_count >> 16,
            self.run_count & 0xFFFF,
        ]
        text = NAME.encode("ascii").ljust(16, b"\0")
        return image + list(struct.unpack(">8H", text))


def _float_registers(value: float) -> list[int]:
    return list(struct.unpack(">2H", struct.pack(">f", value)))
