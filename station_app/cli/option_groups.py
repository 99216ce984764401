"""Options that several commands share, said once: a command takes them as one value.

A group is a dataclass whose fields are options (Annotated, with defaults). A command under :func:`grouped` that has a
parameter of such a type is given the group; on the command line each field is an option of its own, where the parameter
stands.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of its groups in their places."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if isinstance(kind, type) and dataclasses.is_dataclass(kind)}
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            parameters += _options(groups[name])
        else:
            parameters.append(parameter.replace(annotation=hints.get(name, parameter.annotation)))

    @wraps(command)
    def run(*arguments: Any, **given: Any) -> None:
        for name, kind in groups.items():
            fields = [field.name for field in dataclasses.fields(kind)]
            given[name] = kind(**{field: given.pop(field) for field in fields if field in given})
        command(*arguments, **given)

    ordered = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) if p.name != "self" else p for p in parameters]
    run.__signature__ = inspect.Signature(ordered, return_annotation=None)  # type: ignore[attr-defined]  # read by inspect
    run.__annotations__ = {p.name: p.annotation for p in ordered if p.name != "self"} | {"return": None}
    return run


def _options(group: type[Any]) -> list[inspect.Parameter]:
    """The fields of a group as parameters."""
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in dataclasses.fields(group)
    ]
