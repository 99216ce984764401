"""The languages of instructions: which an instruction has, and what they are called by those who speak them."""

from __future__ import annotations

from typing import Final

from station_app.domain.work_master import WorkMaster

FALLBACK: Final = "en"
_NAMES: Final = {
    "cs": "Čeština",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hu": "Magyar",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "sk": "Slovenčina",
    "tr": "Türkçe",
    "uk": "Українська",
}


def language_name(language: str) -> str:
    """The language's own name, its code in capitals where none is known."""
    return _NAMES.get(language, language.upper())


def languages_of(work_master: WorkMaster) -> tuple[str, ...]:
    """The languages in which its steps are written, English first."""
    found = {language for step in work_master.steps for language in (*step.title, *step.text)}
    return (FALLBACK, *sorted(found - {FALLBACK}))
