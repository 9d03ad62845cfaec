"""The tables of credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fake_iam.store.tables.declaring import BY_PATH, NAMED, OWNED, TAGGED, Indexes, Order

if TYPE_CHECKING:
    from fake_iam.domain.credentials.mfa_devices import MfaDevice


def _statuses(device: MfaDevice, _: object) -> list[str]:
    return ["Any/", "Assigned/" if device.assigned else "Unassigned/"]


TABLES: Final[Mapping[str, Indexes]] = {
    "credentials.access_keys.AccessKey": Indexes(OWNED, fields=("owner_id",)),
    "credentials.login_profiles.LoginProfile": Indexes(OWNED),
    "credentials.mfa_devices.MfaDevice": Indexes(
        {**OWNED, "place": lambda device: device.place},
        tallies={"status": lambda device: "Assigned" if device.assigned else "Unassigned"},
        orders={"status": Order(_statuses, lambda device, _: device.place), **TAGGED},
    ),
    "credentials.server_certificates.ServerCertificate": Indexes(NAMED, orders={"path": BY_PATH, **TAGGED}),
    "credentials.service_credentials.ServiceCredential": Indexes(
        {**OWNED, "login": lambda credential: credential.login_key},
        orders={
            "service": Order(lambda row, _: ["any/", f"{row.service}/"], lambda credential, _: credential.list_key)
        },
    ),
    "credentials.signing_certificates.SigningCertificate": Indexes(
        {**OWNED, "digest": lambda certificate: certificate.digest}
    ),
    "credentials.ssh_public_keys.SSHPublicKey": Indexes(OWNED),
}
