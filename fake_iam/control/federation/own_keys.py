"""The public keys of an account's own issuer, as its JWKS endpoint at AWS would publish them."""

from __future__ import annotations

import json
from typing import Any

from fake_iam.control.federation.key_pairs import MissingExtra
from fake_iam.domain.account.outbound_federation import OutboundFederation
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.store.base import Account


def published_keys(account: Account) -> dict[str, Any]:
    """The keys that tokens of GetWebIdentityToken were signed with, as a JWKS."""
    federation = account.table(OutboundFederation).get(account.id)
    if federation is None:
        return {"keys": []}
    keys = [key for name, key in account.table(SigningKey).items() if name.startswith(f"{federation.issuer}#")]
    return {"keys": [_published(key) for key in keys]}


def _published(key: SigningKey) -> dict[str, Any]:
    try:
        from jwt.algorithms import ECAlgorithm, RSAAlgorithm
    except ImportError:
        raise MissingExtra from None
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    public: Any = load_pem_public_key(key.certificate.encode())
    kind: Any = RSAAlgorithm if isinstance(public, RSAPublicKey) else ECAlgorithm
    algorithm = key.issuer.rpartition("#")[2]
    return {**json.loads(kind.to_jwk(public)), "kid": key.id, "alg": algorithm, "use": "sig"}
