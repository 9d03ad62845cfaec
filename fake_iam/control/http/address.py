"""Where the control plane is."""

from __future__ import annotations

from typing import Final

PREFIX: Final = "/_fake_iam/"
CONSOLE: Final = "console/"
"""Where the console is, below the prefix."""
