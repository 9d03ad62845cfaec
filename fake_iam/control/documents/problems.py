"""What is wrong with a document: a field that cannot be, or a text that cannot be read."""

from __future__ import annotations

Where = tuple[str | int, ...]


class FormatError(ValueError):
    """A field that cannot be: ``where`` is its path; the text names the path, the value and the limit."""

    def __init__(self, where: Where, problem: str) -> None:
        self.where = where
        self.problem = problem
        super().__init__(f"{path(where)}: {problem}" if where else problem)


def path(where: Where) -> str:
    """A field's path as it is shown: ``users[0].access_keys[1].status``."""
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return shown.removeprefix(".")


class DocumentError(ValueError):
    """A file or text that cannot be read: the text names the file, the line and the field."""
