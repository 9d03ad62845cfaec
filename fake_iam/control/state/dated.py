"""What has dates that a test can set, besides users and access keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.domain.credentials.server_certificates import ServerCertificate
from fake_iam.domain.credentials.service_credentials import ServiceCredential
from fake_iam.domain.credentials.signing_certificates import SigningCertificate
from fake_iam.domain.credentials.ssh_public_keys import SSHPublicKey
from fake_iam.domain.identities.groups import Group
from fake_iam.domain.policies.managed_policies import ManagedPolicy

# Under a name: its kind of row, and the attribute behind each date.
OTHERS: Final[Mapping[str, tuple[type[Any], Mapping[str, str]]]] = {
    "mfa_device": (MfaDevice, {"enabled": "enabled_at"}),
    "signing_certificate": (SigningCertificate, {"uploaded": "uploaded_at"}),
    "ssh_public_key": (SSHPublicKey, {"uploaded": "uploaded_at"}),
    "service_specific_credential": (ServiceCredential, {"created": "created_at"}),
    "server_certificate": (ServerCertificate, {"uploaded": "uploaded_at"}),
    "group": (Group, {"created": "created_at"}),
    "policy": (ManagedPolicy, {"created": "created_at", "updated": "updated_at"}),
}
