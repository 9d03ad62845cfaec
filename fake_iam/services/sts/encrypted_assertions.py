"""Encrypted SAML assertions: AES in a key that RSA-OAEP wraps for one of the provider's private keys.

Source: XML Encryption 1.1; IAM User Guide, "Create a SAML identity provider in IAM", for AES-GCM and AES-CBC. How it
fails is not told: everything that cannot be decrypted is one and the same to the sender.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final

from fake_iam.domain.providers.saml_providers import SamlPrivateKey

Element = Any  # lxml has no types
ENCRYPTION: Final = "{http://www.w3.org/2001/04/xmlenc#}"
DIGEST: Final = "{http://www.w3.org/2000/09/xmldsig#}DigestMethod"
MASK: Final = "{http://www.w3.org/2009/xmlenc11#}MGF"
OAEP: Final = frozenset({"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep"})
GCM: Final = frozenset({"http://www.w3.org/2009/xmlenc11#aes128-gcm", "http://www.w3.org/2009/xmlenc11#aes256-gcm"})
CBC: Final = frozenset({"http://www.w3.org/2001/04/xmlenc#aes128-cbc", "http://www.w3.org/2001/04/xmlenc#aes256-cbc"})
SHA1: Final = "sha1"
NONCE: Final = 12  # bytes before what GCM encrypts
BLOCK: Final = 16  # bytes before what CBC encrypts, and of its padding


def decrypted(encrypted: Element, keys: Iterable[SamlPrivateKey]) -> bytes | None:
    """The assertion in an EncryptedAssertion as text, or None if none of the keys decrypts it."""
    data = encrypted.find(f"{ENCRYPTION}EncryptedData")
    wrapped = next(encrypted.iter(f"{ENCRYPTION}EncryptedKey"), None)
    if data is None or wrapped is None:
        return None
    for key in keys:
        try:
            return _opened(data, _unwrapped(wrapped, key.pem))
        except (ValueError, TypeError, _Undecryptable):
            continue
    return None


class _Undecryptable(Exception):
    """The algorithm is not known, or the text was changed."""


def _unwrapped(wrapped: Element, pem: str) -> bytes:
    """The key of the text. Raises ValueError, TypeError, _Undecryptable."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    method = wrapped.find(f"{ENCRYPTION}EncryptionMethod")
    private = load_pem_private_key(pem.encode(), password=None)
    if method is None or method.get("Algorithm") not in OAEP or not isinstance(private, rsa.RSAPrivateKey):
        raise _Undecryptable
    known = {SHA1: hashes.SHA1(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    digest = known.get(_last_part(method.find(DIGEST), "#"))
    mask = known.get(_last_part(method.find(MASK), "#mgf1"))
    if digest is None or mask is None:
        raise _Undecryptable
    how = padding.OAEP(mgf=padding.MGF1(algorithm=mask), algorithm=digest, label=None)
    return private.decrypt(_cipher_text(wrapped), how)


def _last_part(method: Element | None, mark: str) -> str:
    """The digest that an algorithm's name ends in; SHA-1 if it is left out."""
    return SHA1 if method is None else str(method.get("Algorithm", "")).rpartition(mark)[2]


def _opened(data: Element, key: bytes) -> bytes:
    """The text. Raises ValueError, TypeError, _Undecryptable."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    method, text = data.find(f"{ENCRYPTION}EncryptionMethod"), _cipher_text(data)
    algorithm = None if method is None else method.get("Algorithm")
    if algorithm in GCM:
        try:
            return AESGCM(key).decrypt(text[:NONCE], text[NONCE:], None)
        except InvalidTag:
            raise _Undecryptable from None
    if algorithm not in CBC:
        raise _Undecryptable
    decryptor = Cipher(algorithms.AES(key), modes.CBC(text[:BLOCK])).decryptor()
    padded = decryptor.update(text[BLOCK:]) + decryptor.finalize()
    if not padded or not 1 <= padded[-1] <= BLOCK:
        raise _Undecryptable
    return padded[: -padded[-1]]


def _cipher_text(element: Element) -> bytes:
    value = element.findtext(f"{ENCRYPTION}CipherData/{ENCRYPTION}CipherValue")
    return base64.b64decode("".join((value or "").split()), validate=True)
