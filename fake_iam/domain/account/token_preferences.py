"""The account's preference for tokens of STS's global endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows

V1: Final = "v1Token"
V2: Final = "v2Token"
VERSIONS: Final = (V1, V2)


@dataclass(frozen=True, slots=True)
class TokenPreferences:
    """Which version the tokens of the global endpoint are of. An account without a preference has version 1."""

    account_id: str
    version: str

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What GetAccountSummary says of it: the version as a number (API reference, GetAccountSummary)."""
        return {"GlobalEndpointTokenVersion": 2 if any(row.version == V2 for _, row in rows.items()) else 1}
