"""Policy variables: ``${key}``, ``${key, 'default'}`` and the literal characters ``${*}``, ``${?}`` and ``${$}``.

Source: IAM User Guide, "IAM policy elements: Variables and tags". They are known from version 2012-10-17 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from fake_iam.domain.policy.wildcards import Literal

Values = str | tuple[str, ...]
"""What a condition key has in a request: one text, or several for a key with many values."""


class Context(Protocol):
    """The condition keys of a request, in lower case; a mapping is one."""

    def get(self, key: str, /) -> Values | None:
        """The value of a key, or None."""
        ...


PLACE: Final = re.compile(r"\$\{([^{}]*)\}")
CHARACTERS: Final = frozenset("*?$")


class Variable(NamedTuple):
    """A place that a value of the request takes; the key is kept as it is written."""

    key: str
    default: str | None


Template = Sequence[str | Variable]


def template(text: str, *, variables: bool) -> Template:
    """The pieces of a text, in order: plain text, literal characters and variables.

    >>> template("user/${aws:username}", variables=True)
    ['user/', Variable(key='aws:username', default=None)]
    """
    return [piece for piece in _pieces(text) if piece != ""] if variables else [text]


def variables_of(pieces: Template) -> Iterator[str]:
    """The keys that a template asks for, as they are written."""
    return (piece.key for piece in pieces if isinstance(piece, Variable))


def is_constant(pieces: Template) -> bool:
    """Whether the template says the same for every request."""
    return not any(isinstance(piece, Variable) for piece in pieces)


def filled(pieces: Template, context: Context) -> list[str] | None:
    """The template with the request's values, which are literal; None if one is missing or is not a single text."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Variable):
            value = context.get(piece.key.lower())
            value = piece.default if value is None else value
            if not isinstance(value, str):
                return None
            texts.append(Literal(value))
        else:
            texts.append(piece)
    return texts


def _pieces(text: str) -> Iterable[str | Variable]:
    at = 0
    for place in PLACE.finditer(text):
        yield text[at : place.start()]
        inside = place[1]
        if inside in CHARACTERS:
            yield Literal(inside)
        else:
            key, comma, default = inside.partition(",")
            yield Variable(key.strip(), default.strip().strip("'") if comma else None)
        at = place.end()
    yield text[at:]
