"""Where the control plane is."""

from __future__ import annotations

from typing import Final

PREFIX: Final = "/_fake_iam/"
