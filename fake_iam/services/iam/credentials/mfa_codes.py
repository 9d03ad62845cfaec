"""The codes of MFA devices, and the picture from which a telephone takes the seed.

The libraries are loaded on first use: a start should not wait for them.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

ISSUER: Final = "Amazon Web Services"
PIXELS_PER_MODULE: Final = 4


def code_at(seed: str, step: int) -> str:
    """The six digits that a Base32 seed gives at a step of time (RFC 6238)."""
    import pyotp

    return pyotp.HOTP(seed).at(step)


def provisioning_uri(seed: str, name: str, account_id: str) -> str:
    """What the picture says to an authenticator application."""
    from urllib.parse import quote

    issuer = quote(ISSUER)
    return f"otpauth://totp/{issuer}:{quote(name, safe='')}@{account_id}?secret={seed}&issuer={issuer}"


def qr_code_png(uri: str) -> bytes:
    """The QR code of a text as a PNG."""
    import segno

    picture = BytesIO()
    segno.make(uri, micro=False).save(picture, kind="png", scale=PIXELS_PER_MODULE)
    return picture.getvalue()
