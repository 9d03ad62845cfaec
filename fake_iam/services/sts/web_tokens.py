"""JSON web tokens as PyJWT reads and verifies them. It comes with the extra ``federation``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Final, NamedTuple

from fake_iam.domain.errors import InvalidIdentityToken, NotImplementedHere
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.domain.sts.web_identities import Claims, no_jwt, no_verification_key, wrong_signature

ALGORITHMS: Final = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "ES256": "EC",
    "ES384": "EC",
    "ES512": "EC",
}
"""The algorithms that AWS takes (API reference), each with the type of its keys. So a public key is never a secret."""
Key = Mapping[str, Any]


class WebToken(NamedTuple):
    """A token as it is written: nothing in it is verified."""

    text: str
    algorithm: str
    key_id: str | None
    claims: Claims


def read_token(text: str) -> WebToken:
    """Read a token without believing it. Raises InvalidIdentityToken.

    White space around it is left out (assumed): a file that SDKs read it from often ends in a new line.
    """
    jwt, text = _library(), text.strip()
    try:
        decoded = jwt.PyJWS().decode_complete(text, options={"verify_signature": False})
        header, claims = decoded["header"], json.loads(decoded["payload"])
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise no_jwt() from None
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(claims, dict) or not isinstance(algorithm, str) or not isinstance(key_id, str | None):
        raise no_jwt()
    return WebToken(text, algorithm, key_id, claims)


def verify(token: WebToken, sets: Iterable[Iterable[Key]]) -> None:
    """Check the signature by the keys of these sets, which are looked at one after the other.

    Raises InvalidIdentityToken.
    """
    if token.algorithm not in ALGORITHMS:
        raise wrong_signature()
    tried = False
    for keys in sets:
        candidates = [key for key in keys if _may_verify(key, token)]
        if any(_is_signed_by(token, key) for key in candidates):
            return
        tried = tried or bool(candidates)
    raise wrong_signature() if tried else no_verification_key()


def is_verified(token: WebToken, sets: Iterable[Iterable[Key]]) -> bool:
    """Whether a key of these sets verifies the token."""
    try:
        verify(token, sets)
    except InvalidIdentityToken:
        return False
    return True


def public_key(key: SigningKey) -> Key:
    """A key of this server's own as its set would show it."""
    from cryptography.x509 import load_pem_x509_certificate

    public = load_pem_x509_certificate(key.certificate.encode()).public_key()
    shown: dict[str, Any] = _library().algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
    return {**shown, "kid": key.id, "use": "sig"}


def _may_verify(key: Key, token: WebToken) -> bool:
    """Whether the key is of the token's algorithm, and of its name if the token names one."""
    return (
        key.get("kty") == ALGORITHMS[token.algorithm]
        and (token.key_id is None or key.get("kid") == token.key_id)
        and key.get("use", "sig") == "sig"
        and key.get("alg", token.algorithm) == token.algorithm
    )


def _is_signed_by(token: WebToken, key: Key) -> bool:
    jwt = _library()
    try:
        loaded = jwt.PyJWK(dict(key), algorithm=token.algorithm)
        jwt.PyJWS().decode(token.text, loaded.key, algorithms=[token.algorithm])
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):  # the last three for keys that are none
        return False
    return True


def _library() -> ModuleType:
    try:
        import jwt
    except ImportError:
        raise NotImplementedHere.without_extra("federation") from None
    return jwt
