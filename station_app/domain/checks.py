"""The kinds of checks: what a step can demand, each with its own way to fail.

Texts are English; ``translations`` holds them in other languages. A value that depends on the variant is bound to a
parameter: ``bindings`` maps the field ("limits.lower", "program") to the parameter's name, and resolving the work master for a
variant (:mod:`station_app.domain.variants`) puts the value there.
"""

from __future__ import annotations

import msgspec

from station_app.domain.media import Picture, text_in
from station_app.domain.outcome import Limits
from station_app.domain.view import ANY_CODE, NO_CODE, MarkerRule, PartRegion, ViewRules


class BaseCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", kw_only=True):
    """What a step demands. ``id`` is unique in its step, ``title`` is for the operator.

    ``reaction`` tells the operator what to do when it fails. ``translations``: language, then field, then text.
    """

    id: str
    title: str
    reaction: str = ""
    translations: dict[str, dict[str, str]] = {}
    bindings: dict[str, str] = {}

    def title_in(self, language: str) -> str:
        """The title in a language, English where it has none."""
        return self.translations.get(language, {}).get("title") or self.title

    def reaction_in(self, language: str) -> str:
        """What to do on failure, in a language, English where it has none."""
        return self.translations.get(language, {}).get("reaction") or self.reaction


class ConfirmCheck(BaseCheck, frozen=True, tag="confirm", kw_only=True):
    """The operator confirms that it is done."""


class ScanCheck(BaseCheck, frozen=True, tag="scan", kw_only=True):
    """A component is scanned: ``material`` is the part number it must have, ``tracked`` "serial" or "lot".

    A lot whose expiry date has passed is refused; with ``needs_expiry`` a lot without a known date is refused too.
    """

    material: str
    tracked: str = "lot"
    quantity: float = 1.0
    needs_expiry: bool = False


class ToolCheck(BaseCheck, frozen=True, tag="tool", kw_only=True):
    """A tool or fixture of a class is scanned; one that is held, retired or past its calibration date is refused."""

    tool_class: str


class MeasureCheck(BaseCheck, frozen=True, tag="measure", kw_only=True):
    """A value is measured by hand: typed, from a gauge of ``gauge_class``, or taken from ``tag``.

    ``decimals`` is how many the gauge shows.
    """

    characteristic: str
    limits: Limits
    decimals: int = 2
    gauge_class: str = ""
    tag: str = ""


class MachineValueCheck(BaseCheck, frozen=True, tag="machine_value", kw_only=True):
    """A machine's value is judged from the tag of that name; bad quality is refused.

    ``mode``: "capture" takes the value of the moment; "wait" waits until it has stayed within the limits for ``hold_s``;
    "window" judges the ``statistic`` (minimum, maximum, mean, last) of its values since the step began. ``cycle_tag`` names a
    counter that must have moved since the step began, so that the value is this unit's and not what the machine still shows
    of the one before, in every mode: a wait begins with the cycle's end, a window with the first value of the cycle. Empty
    where the value is of the moment (a temperature).
    """

    characteristic: str
    tag: str
    limits: Limits
    cycle_tag: str = ""
    mode: str = "capture"
    hold_s: float = 0.0
    statistic: str = "last"


class TighteningCheck(BaseCheck, frozen=True, tag="tightening", kw_only=True):
    """``count`` screws are tightened, each judged by torque and, where it is given, by angle.

    Results come from a tool through ``torque_tag``, ``angle_tag`` and the counter ``cycle_tag``; without tags they are typed.
    """

    characteristic: str
    torque: Limits
    angle: Limits | None = None
    count: int = 1
    decimals: int = 2
    tool_class: str = ""
    torque_tag: str = ""
    angle_tag: str = ""
    cycle_tag: str = ""
    program: str = ""


class PhotoCheck(BaseCheck, frozen=True, tag="photo", kw_only=True):
    """A picture is taken; one that breaks a rule of its view is kept, named with what is wrong, and does not pass.

    ``code``: "" or "any"; with ``code_is_unit`` it must be
    the open unit's. ``parts`` are compared with ``reference``, the picture of a good unit among the step's media.
    """

    camera: str
    view: str = ""
    min_sharpness: float = 0.0
    min_brightness: float = 0.0
    code_is_unit: bool = False
    max_brightness: float = 255.0
    max_overexposed: float = 1.0
    code: str = NO_CODE
    width_px: int = 0
    height_px: int = 0
    markers: MarkerRule = MarkerRule()
    reference: Picture | None = None
    parts: tuple[PartRegion, ...] = ()

    @property
    def rules(self) -> ViewRules:
        """What the picture must be. Whether a code is the open unit's is decided where the unit is known: by keep_photo."""
        return ViewRules(
            min_sharpness=self.min_sharpness,
            min_brightness=self.min_brightness,
            max_brightness=self.max_brightness,
            max_overexposed=self.max_overexposed,
            code=ANY_CODE if self.code_is_unit else self.code,
            width_px=self.width_px,
            height_px=self.height_px,
            markers=self.markers,
            reference_sha256=self.reference.sha256 if self.reference is not None else "",
            parts=self.parts,
        )


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer to choose: whether it passes, and the list of reasons (master data) it asks for, empty for none."""

    id: str
    text: str
    passes: bool = True
    reasons: str = ""
    translations: dict[str, str] = {}

    def text_in(self, language: str) -> str:
        """The answer in a language, English where it has none."""
        return text_in(self.text, self.translations, language)


class ChoiceCheck(BaseCheck, frozen=True, tag="choice", kw_only=True):
    """One of the options is chosen."""

    options: tuple[Option, ...]


class TextCheck(BaseCheck, frozen=True, tag="text", kw_only=True):
    """A text is typed or scanned; where ``pattern`` (a regular expression for the whole text) is given it must match."""

    pattern: str = ""
    example: str = ""
    longest: int = 200


class NumberCheck(BaseCheck, frozen=True, tag="number", kw_only=True):
    """A number is typed that is no characteristic of the product (a counter, a weight); limits where they are given."""

    unit: str = ""
    decimals: int = 0
    limits: Limits | None = None


class TimerCheck(BaseCheck, frozen=True, tag="timer", kw_only=True):
    """Time must pass: ``duration_s`` from the start of the step, or from a press of the button (``starts``: step, button).

    With ``at_most_s`` the work must go on before that.
    """

    duration_s: float
    starts: str = "button"
    at_most_s: float | None = None


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of a checklist."""

    id: str
    text: str
    translations: dict[str, str] = {}

    def text_in(self, language: str) -> str:
        """The line in a language, English where it has none."""
        return text_in(self.text, self.translations, language)


class ChecklistCheck(BaseCheck, frozen=True, tag="checklist", kw_only=True):
    """Every item is answered; one that is not in order fails the check."""

    items: tuple[Item, ...]


class SignatureCheck(BaseCheck, frozen=True, tag="signature", kw_only=True):
    """A person of ``role`` signs with what the signature means; by default somebody else than who did the work."""

    role: str
    meaning: str
    other_person: bool = True


Check = (
    ConfirmCheck
    | ScanCheck
    | ToolCheck
    | MeasureCheck
    | MachineValueCheck
    | TighteningCheck
    | PhotoCheck
    | ChoiceCheck
    | TextCheck
    | NumberCheck
    | TimerCheck
    | ChecklistCheck
    | SignatureCheck
)
