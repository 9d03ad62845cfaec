"""The package's log. The library behind it is loaded with the first word to be logged, which most servers never say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger

_console_format: str | None = None


def show_on_console(form: str) -> None:
    """Let what is logged appear on the standard error, in a format of ``logging``, if nobody else shows it."""
    global _console_format
    _console_format = form


def log() -> Logger:
    """The logger ``fake_iam``."""
    import logging

    if _console_format is not None:
        logging.basicConfig(format=_console_format)
    return logging.getLogger("fake_iam")
