"""The keys with which this server signs in an identity provider's place, so that tests need none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair of an issuer: of an OpenID Connect provider without the scheme, or of SAML metadata's entity id.

    ``id`` is what tokens name the key by; ``pem`` is the private key. ``certificate`` is in PEM.
    """

    id: str
    account_id: str
    issuer: str
    created_at: datetime
    certificate: str
    pem: str = field(repr=False)
