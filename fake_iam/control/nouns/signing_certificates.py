"""Signing certificates."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.nouns.dates import Date, Dates, by_key
from fake_iam.control.nouns.exports import Export, Exported, given
from fake_iam.control.nouns.fields import STATUS
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.control.nouns.stand_ins import certificate
from fake_iam.domain.credentials.access_keys import ACTIVE, INACTIVE
from fake_iam.domain.credentials.signing_certificates import SigningCertificate


def _item(date: Moment) -> Fields:
    return {
        "body": Field(Text(), "the certificate in PEM; one is made if left out"),
        "status": STATUS,
        "uploaded": Field(date, "when it was uploaded; now if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, owner = placed.value, placed.carrier
    uploaded = values.get("uploaded", planting.now)
    made = planting.add(
        placed,
        SigningCertificate,
        "UploadSigningCertificate",
        UserName=None if owner.noun == "root" else owner.name,
        CertificateBody=values.get("body") or certificate(planting.ids, owner.name, uploaded),
    )
    planting.change(made.id, made, status=values.get("status"), uploaded_at=uploaded)


def _take(export: Export, owner: Exported) -> list[dict[str, Any]]:
    """Both slots of a row; one without a date that is not active holds none."""
    found = []
    for slot in ("cert_1_", "cert_2_"):
        active, uploaded = owner.true(f"{slot}active"), owner.date(f"{slot}last_rotated")
        if active or uploaded:
            found.append({"status": ACTIVE if active else INACTIVE, **given(uploaded=uploaded)})
    return found


NOUN: Final = Noun(
    name="signing_certificate",
    title="Signing certificates",
    about="X.509 certificates of users and of the root user.",
    rows=(SigningCertificate,),
    operations=("iam.credentials.signing_certificates",),
    conformance=("signing_certificates",),
    seed=Seed(
        field="signing_certificates",
        meaning="the signing certificates",
        on=("user", "root"),
        item=_item,
        plant=_plant,
    ),
    dates=Dates(
        thing="signing_certificate",
        by="its id",
        kind=SigningCertificate,
        dates={"uploaded": Date(attribute="uploaded_at", meaning="when it was uploaded")},
        find=by_key(SigningCertificate),
        missing="signing certificate",
        begins="uploaded",
    ),
    imports=Import(
        take=_take,
        takes="both slots of each row of the report: status and date",
        drawn="the ids and bodies of signing certificates",
    ),
)
