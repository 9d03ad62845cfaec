"""The one exception by which the wire's own rules refuse a request."""

from __future__ import annotations


class Refusal(Exception):
    """A request refused before any service saw it: AWS's code, its text, and the HTTP status if the model has none."""

    def __init__(self, code: str, message: str | None = None, *, status: int | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
