"""The tables of identity providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.store.tables.declaring import NAMED, TAGGED, Indexes

TABLES: Final[Mapping[str, Indexes]] = {
    "providers.oidc_providers.OidcProvider": Indexes(orders=TAGGED),
    "providers.signing_keys.SigningKey": Indexes(),
    "providers.saml_providers.SamlProvider": Indexes(NAMED, orders=TAGGED),
}
