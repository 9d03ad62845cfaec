"""What a suite that was written for moto imports in place of it: ``from fake_iam.moto import mock_aws``.

IAM and STS are answered by fake_iam, in process. All other services are moto's if it is installed; else a call to one
is an error that names it.
"""

from __future__ import annotations

import functools
import inspect
import threading
import unittest
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from types import FunctionType, TracebackType
from typing import Any, Final, TypeVar, cast, overload

from fake_iam.fake import FakeIAM
from fake_iam.settings import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

OURS: Final = "fake_iam"
ANSWERED: Final = ("iam", "sts")
SET_UP: Final = frozenset({"setUp", "setup", "setup_method"})


class _Process:
    """What all blocks of a process share, as with moto: the outermost begins anew, inner ones go on with its state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._leave = ExitStack()
        self.fake: FakeIAM | None = None

    def enter(self, config: Mapping[str, Any], *, reset: bool) -> None:
        with self._lock:
            if self._depth == 0:
                if reset or self.fake is None:
                    self.fake = FakeIAM(Settings(**{"port": 0, **config.get(OURS, {})}), transport="inprocess").start()
                with ExitStack() as entered:
                    others = _moto(config)
                    if others is not None:
                        others.start(reset=reset)
                        entered.callback(others.stop, remove_data=False)
                    entered.enter_context(self.fake.intercept(refuse_others=others is None))
                    self._leave = entered.pop_all()
            self._depth += 1

    def leave(self, *, remove_data: bool) -> None:
        with self._lock:
            if self._depth == 0:
                raise RuntimeError("stop() was called before start()")
            self._depth -= 1
            if self._depth == 0:
                self._leave.close()
                if remove_data and self.fake is not None:
                    self.fake.stop()
                    self.fake = None


_PROCESS: Final = _Process()


class MockAWS:
    """A block in which boto3's calls are answered: a context manager, and a decorator of functions and classes.

    A block begins with nothing in the account, unless it stands inside another. Of a class every public method is a
    block; what ``setUp`` or ``setup_method`` makes is there in its tests.

    Args:
        config: moto's, for the services that moto answers. ``{"fake_iam": {"auth": "strict"}}`` are settings of
            ``fake_iam.Settings``.

    Raises:
        SettingsError: on entering, if a setting is out of its range.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._config = config or {}

    @property
    def fake(self) -> FakeIAM:
        """What steers the server of the present block: clock, seeds, faults, journal. Raises RuntimeError outside."""
        if _PROCESS.fake is None:
            raise RuntimeError("no block of mock_aws has been entered")
        return _PROCESS.fake

    def start(self, reset: bool = True) -> None:
        """Enter the block; with ``reset`` false what the last one left is still there."""
        _PROCESS.enter(self._config, reset=reset)

    def stop(self, remove_data: bool = True) -> None:
        """Leave the block. Raises RuntimeError if it was not entered."""
        _PROCESS.leave(remove_data=remove_data)

    def reset(self) -> None:
        """Forget everything."""
        self.fake.reset()

    def __enter__(self) -> MockAWS:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, decorated: Decorated) -> Decorated:
        """Make a block of each call of a function, a coroutine or a generator, or of a class's methods."""
        made = self._class(decorated) if isinstance(decorated, type) else self._function(decorated)
        return cast(Decorated, made)

    @contextmanager
    def _block(self, reset: bool, remove_data: bool) -> Iterator[None]:
        self.start(reset)
        try:
            yield
        finally:
            self.stop(remove_data)

    def _function(self, function: Any, *, reset: bool = True, remove_data: bool = True) -> Any:
        block = functools.partial(self._block, reset, remove_data)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapper(*arguments: Any, **keywords: Any) -> Any:
                with block():
                    return await function(*arguments, **keywords)

        elif inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def wrapper(*arguments: Any, **keywords: Any) -> Any:
                with block():
                    return (yield from function(*arguments, **keywords))

        else:

            @functools.wraps(function)
            def wrapper(*arguments: Any, **keywords: Any) -> Any:
                with block():
                    return function(*arguments, **keywords)

        return wrapper

    def _class(self, decorated: Any) -> Any:
        above = [each for each in decorated.__mro__ if each not in (unittest.TestCase, object)]
        sets_up = any(SET_UP & vars(each).keys() for each in above)
        for name, member in list(vars(decorated).items()):
            if name.startswith("_"):
                continue
            if isinstance(member, type):
                self._class(member)
            elif isinstance(member, FunctionType):
                begins = name in SET_UP or (name.startswith("test") and not sets_up)
                ends = begins and name not in SET_UP
                of_pytest = name in ("setup_method", "teardown_method")
                function = _taking_a_method(member) if of_pytest else member
                setattr(decorated, name, self._function(function, reset=begins, remove_data=ends))
        return decorated


def _taking_a_method(function: FunctionType) -> Any:
    """pytest gives the test's method to what is called before and after it, if that may take it; so this may."""
    takes = len(inspect.signature(function).parameters) > 1

    @functools.wraps(function)
    def taking(this: object, method: object = None) -> None:
        function(this, *([method] if takes else []))

    return taking


@overload
def mock_aws(decorated: Decorated) -> Decorated: ...


@overload
def mock_aws(decorated: None = None, config: Mapping[str, Any] | None = None) -> MockAWS: ...


def mock_aws(decorated: Decorated | None = None, config: Mapping[str, Any] | None = None) -> Decorated | MockAWS:
    """Answer boto3 in a block, as moto's function of this name does: a decorator with or without brackets, or ``with``.

    See ``MockAWS`` for what it takes and raises.
    """
    mock = MockAWS(config)
    return mock if decorated is None else mock(decorated)


mock_iam = mock_sts = mock_aws
"""The names of moto 4, in which each service had one."""


def _moto(config: Mapping[str, Any]) -> Any:
    """moto's block for all other services, if moto is installed."""
    if find_spec("moto") is None:
        return None
    import moto

    core = config.get("core", {})
    passed = core.get("passthrough", {})
    services = [*passed.get("services", ()), *ANSWERED]
    own = {"mock_credentials": False, "reset_boto3_session": False, "passthrough": {**passed, "services": services}}
    others = {name: value for name, value in config.items() if name != OURS}
    merged: Any = {**others, "core": {**core, **own}}
    return moto.mock_aws(config=merged)
