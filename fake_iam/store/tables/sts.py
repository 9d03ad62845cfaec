"""The tables of temporary credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.store.tables.declaring import Indexes

TABLES: Final[Mapping[str, Indexes]] = {
    "sts.sessions.Session": Indexes(),
}
