"""Credentials that people bring along: certificates, SSH keys, an MFA device with its codes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import pyotp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from fake_iam import FakeIAM


@lru_cache(maxsize=1)
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(name: str) -> str:
    """A self-signed certificate for that name, as PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(_key(), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def ssh_public_key() -> str:
    """An RSA public key as in authorized_keys, without a comment."""
    form = (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return _key().public_key().public_bytes(*form).decode()


def codes(seed: str, at: datetime) -> tuple[str, str]:
    """The code of the period before a moment and the code of its own: two in a row, as EnableMFADevice wants them."""
    device = pyotp.TOTP(seed)
    return device.at(at - timedelta(seconds=30)), device.at(at)


def enable_mfa_device(fake: FakeIAM, user_name: str, device_name: str) -> str:
    """Give a user a virtual device. Returns its serial number."""
    iam: Any = fake.client("iam")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=device_name)["VirtualMFADevice"]
    first, second = codes(device["Base32StringSeed"].decode(), fake.clock.now())
    iam.enable_mfa_device(
        UserName=user_name,
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1=first,
        AuthenticationCode2=second,
    )
    return str(device["SerialNumber"])
