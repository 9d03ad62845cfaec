"""What is wrong with what a control is given: a field that cannot be, a text that cannot be read, AWS's refusal."""

from __future__ import annotations

Where = tuple[str | int, ...]


class FormatError(ValueError):
    """A field that cannot be: ``where`` is its path; the text names the path, the value and the limit."""

    def __init__(self, where: Where, problem: str) -> None:
        self.where = where
        self.problem = problem
        super().__init__(f"{path(where)}: {problem}" if where else problem)


class AwsRefusal(ValueError):
    """What AWS would refuse with an error of its own, which has a code, a message and an HTTP status."""

    def __init__(self, code: str, message: str, status: int) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


def path(where: Where) -> str:
    """A field's path as it is shown: ``users[0].access_keys[1].status``."""
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return shown.removeprefix(".")


class DocumentError(ValueError):
    """A file or text that cannot be read: the text names the file, the line and the field."""
