"""What the settings page says of the contact to the shared database."""

from __future__ import annotations

from station_app.services.sync_state import SyncPhase
from station_app.ui.settings_words import sync_word


def test_every_phase_of_the_synchronization_has_words_for_people() -> None:
    words = [sync_word(phase) for phase in SyncPhase]
    assert all(word == word.lower() for word in words) and len(set(words)) == len(words)
