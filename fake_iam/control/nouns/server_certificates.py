"""Server certificates."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.nouns.dates import Date, Dates, by_name
from fake_iam.control.nouns.fields import PATH
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.credentials.server_certificates import ServerCertificate
from fake_iam.domain.identities.users import name_key


def _item(date: Moment) -> Fields:
    return {
        "name": Field(Text(), "its name", required=True),
        "path": PATH,
        "body": Field(Text(), "the certificate in PEM", required=True),
        "chain": Field(Text(), "the chain in PEM"),
        "private_key": Field(Text(secret=True), "its private key in PEM, which is checked and not kept", required=True),
        "uploaded": Field(date, "when it was uploaded; now if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values = placed.value
    planting.do(
        placed,
        "UploadServerCertificate",
        ServerCertificateName=values["name"],
        Path=values.get("path"),
        CertificateBody=values["body"],
        CertificateChain=values.get("chain"),
        PrivateKey=values["private_key"],
    )
    made = planting.table(ServerCertificate).find("name", name_key(values["name"]))
    assert made is not None
    planting.change(made.id, made, uploaded_at=values.get("uploaded"))


NOUN: Final = Noun(
    name="server_certificate",
    title="Server certificates",
    about="Certificates for load balancers and the like.",
    rows=(ServerCertificate,),
    operations=("iam.credentials.server_certificates",),
    conformance=("server_certificates",),
    seed=Seed(field="server_certificates", meaning="the server certificates", item=_item, plant=_plant),
    dates=Dates(
        thing="server_certificate",
        by="its name",
        kind=ServerCertificate,
        dates={"uploaded": Date(attribute="uploaded_at", meaning="when it was uploaded")},
        find=by_name(ServerCertificate),
        missing="server certificate",
    ),
    imports=Import(lacks="server certificates"),
)
