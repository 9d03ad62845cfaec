"""SSH public keys."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.nouns.dates import Date, Dates, by_key
from fake_iam.control.nouns.fields import STATUS
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.credentials.ssh_public_keys import SSHPublicKey


def _item(date: Moment) -> Fields:
    return {
        "body": Field(Text(), "the public key", required=True),
        "status": STATUS,
        "uploaded": Field(date, "when it was uploaded; now if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, user = placed.value, placed.carrier
    made = planting.add(placed, SSHPublicKey, "UploadSSHPublicKey", UserName=user.name, SSHPublicKeyBody=values["body"])
    planting.change(made.id, made, status=values.get("status"), uploaded_at=values.get("uploaded"))


NOUN: Final = Noun(
    name="ssh_public_key",
    title="SSH public keys",
    about="A user's public keys for CodeCommit.",
    rows=(SSHPublicKey,),
    operations=("iam.credentials.ssh_public_keys",),
    conformance=("ssh_public_keys",),
    seed=Seed(field="ssh_public_keys", meaning="the SSH public keys", on=("user",), item=_item, plant=_plant),
    dates=Dates(
        thing="ssh_public_key",
        by="its id",
        kind=SSHPublicKey,
        dates={"uploaded": Date(attribute="uploaded_at", meaning="when it was uploaded")},
        find=by_key(SSHPublicKey),
        missing="SSH public key",
        begins="uploaded",
    ),
    imports=Import(lacks="SSH public keys"),
)
