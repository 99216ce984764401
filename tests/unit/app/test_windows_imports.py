"""What a running station has loaded: what only reports and photos need is loaded when it is used, not before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from station_app.demo.plant import child_environment

# A station with devices and a camera (nobody answers), its window up and every page built.
PROGRAM = """
import json, sys
from pathlib import Path
from station_app.app.windows import run_station_window
from station_app.config import load_config
from PySide6.QtWidgets import QApplication

def ready(window, runtime):
    for entry in window.entries:
        window.open_page(entry.page_id)
    window.open_main()
    print(json.dumps(sorted(sys.modules)))
    QApplication.quit()

sys.exit(run_station_window(load_config(Path(sys.argv[1])), ready, (1280, 800)))
"""
SETTINGS = """
[station]
path = "Demo/Plant/Hall1/Line1/ASM-10"
name = "ASM-10"
title = "Assembly"
kind = "assembly"
folder = '{folder}'

[devices.press]
type = "opcua"
url = "opc.tcp://127.0.0.1:9"

[tags."press.force"]
address = "opcua://press/ns=2;s=Press.Force"
unit = "kN"

[cameras.bench]
url = "http://127.0.0.1:9/stream.mjpg"
title = "Bench camera"
"""


def test_a_running_station_has_not_loaded_what_only_reports_and_photos_need(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(SETTINGS.format(folder=tmp_path / "files"), encoding="utf-8", newline="\n")
    ended = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, str(file)],
        env={**child_environment(), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    loaded = set(json.loads(ended.stdout.splitlines()[-1]))
    assert "station_app.ui.work_page" in loaded
    assert "station_app.ui.station_window" in loaded
    assert loaded.isdisjoint({"scipy", "scipy.stats", "reportlab", "cv2", "zxingcpp"})
