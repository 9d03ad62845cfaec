"""What stands for a keyword that is not given."""

from __future__ import annotations

from enum import Enum
from typing import Final


class LeftOut(Enum):
    """The value of a keyword that is not given, where None has a meaning of its own."""

    LEFT_OUT = "left out"


LEFT_OUT: Final = LeftOut.LEFT_OUT
