"""Services and their operations: the decorator that makes a function the answer to an Action."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Mapping[str, Any] | None])


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service: its name in the model and the function that does it.

    ``parameters`` are the function's keyword-only ones, and whether each is required. ``open_to_sessions`` counts for
    STS, most of whose operations refuse credentials made by GetSessionToken.
    """

    name: str
    function: Callable[..., Mapping[str, Any] | None]
    open_to_sessions: bool
    parameters: Mapping[str, bool]


class Service:
    """A service by its name in botocore's model, and the operations it answers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.operations: dict[str, Operation] = {}

    def operation(self, name: str, *, open_to_sessions: bool = False) -> Callable[[Function], Function]:
        """Register the function below as the operation of that name. Raises ValueError if it is there already."""

        def register(function: Function) -> Function:
            if name in self.operations:
                raise ValueError(f"{self.name}:{name} is registered twice")
            self.operations[name] = Operation(name, function, open_to_sessions, _keywords(function))
            return function

        return register


def _keywords(function: Callable[..., object]) -> dict[str, bool]:
    return {
        name: parameter.default is inspect.Parameter.empty
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
