"""A parser of arguments whose errors name what was probably meant."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NoReturn

CHOICE = re.compile(r"invalid choice: '(?P<given>[^']*)' \(choose from (?P<known>.*)\)", re.DOTALL)
UNKNOWN = re.compile(r"unrecognized arguments: (?P<given>--[^\s=]+)")


class Parser(ArgumentParser):
    """Names the nearest command, choice or option to one that there is not."""

    def error(self, message: str) -> NoReturn:
        """Print the message with the near miss, and exit with status 2."""
        near = self._nearest(message)
        super().error(f"{message}; did you mean {near}?" if near else message)

    def _nearest(self, message: str) -> str | None:
        choice, unknown = CHOICE.search(message), UNKNOWN.search(message)
        if choice is not None:
            given, known = choice["given"], re.findall(r"[\w-]+", choice["known"])
        elif unknown is not None:
            given, known = unknown["given"], sorted(set(options_of(self)))
        else:
            return None
        return next(iter(get_close_matches(given, known, n=1)), None)


def options_of(parser: ArgumentParser) -> Iterator[str]:
    """The options of a parser and of all its commands."""
    for action in parser._actions:
        yield from action.option_strings
        below: Any = action.choices
        if isinstance(below, dict):
            for command in below.values():
                yield from options_of(command)
