"""Services and their operations: the decorator that makes a function the answer to an Action."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from fake_iam.services.context import Context

READING: Final = ("Get", "List", "Simulate")
"""Most operations whose names begin so change nothing, and hold nobody up."""
Function = TypeVar("Function", bound=Callable[..., Mapping[str, Any] | None])


class Operation(NamedTuple):
    """One operation of a service: its name in the model and the function that does it.

    ``parameters`` are the function's keyword-only ones, and whether each is required. The others count for STS:
    ``open_to_sessions`` tells whether credentials of GetSessionToken may call it, most of whose operations refuse
    them, ``open_to_roles`` whether sessions of roles may. ``reads`` tells that it changes nothing, most probably.
    """

    name: str
    function: Callable[..., Mapping[str, Any] | None]
    open_to_sessions: bool
    open_to_roles: bool
    parameters: Mapping[str, bool]
    reads: bool


class Operations(MutableMapping[str, Operation]):
    """Operations by name. The module of a noun is loaded when one of its operations is first looked up.

    So the start of a server does not grow with what it answers.
    """

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = modules
        self._loaded: dict[str, Operation] = {}
        self._whole: set[str] = set()  # modules that are loaded to their end

    def __getitem__(self, name: str) -> Operation:
        module = self._modules.get(name)
        if module is not None and module not in self._whole:
            import_module(module)  # waits if another thread is in the middle of it
            self._whole.add(module)
        return self._loaded[name]

    def __setitem__(self, name: str, operation: Operation) -> None:
        self._loaded[name] = operation

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._modules, **self._loaded})

    def __len__(self) -> int:
        return len({**self._modules, **self._loaded})

    def registered(self, name: str) -> bool:
        """Whether the operation is there already, loading nothing."""
        return name in self._loaded


class Service:
    """A service by its name in botocore's model, and the operations it answers.

    Args:
        name: the service.
        package: where its modules are.
        nouns: the names of the operations in each of them, with blanks between.
        tasks: kinds of rows that the clock brings to their end, by their names in ``store.tables``, and the module
            whose function ``finish_tasks`` ends those whose time is over.
    """

    def __init__(
        self,
        name: str,
        package: str = "",
        nouns: Mapping[str, str] | None = None,
        tasks: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._package = package
        self._nouns = nouns or {}
        self.tasks = tasks or {}
        self.operations = Operations(
            {name: f"{package}.{noun}" for noun, names in self._nouns.items() for name in names.split()}
        )

    def operations_in(self, noun: str) -> list[str]:
        """The names of the operations in a module. Raises KeyError if there is none."""
        return self._nouns[noun].split()

    def finish_tasks(self, kind: str, ctx: Context) -> None:
        """End the account's tasks of a kind whose time is over."""
        import_module(f"{self._package}.{self.tasks[kind]}").finish_tasks(ctx)

    def operation(
        self,
        name: str,
        *,
        open_to_sessions: bool = False,
        open_to_roles: bool = True,
    ) -> Callable[[Function], Function]:
        """Register the function below as the operation of that name. Raises ValueError if it is there already."""

        def register(function: Function) -> Function:
            if self.operations.registered(name):
                raise ValueError(f"{self.name}:{name} is registered twice")
            self.operations[name] = Operation(
                name, function, open_to_sessions, open_to_roles, _keywords(function), name.startswith(READING)
            )
            return function

        return register


def _keywords(function: Callable[..., object]) -> dict[str, bool]:
    return {
        name: parameter.default is inspect.Parameter.empty
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
