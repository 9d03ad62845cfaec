"""Service-specific credentials."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.nouns.dates import Date, Dates, by_key
from fake_iam.control.nouns.fields import STATUS
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.credentials.service_credentials import ServiceCredential


def _item(date: Moment) -> Fields:
    return {
        "service": Field(Text(), "such as codecommit.amazonaws.com", required=True),
        "status": STATUS,
        "created": Field(date, "when it was created; now if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, user = placed.value, placed.carrier
    made = planting.add(
        placed,
        ServiceCredential,
        "CreateServiceSpecificCredential",
        UserName=user.name,
        ServiceName=values["service"],
    )
    planting.change(made.id, made, status=values.get("status"), created_at=values.get("created"))


NOUN: Final = Noun(
    name="service_specific_credential",
    title="Service-specific credentials",
    about="A user's name and password, or API key, for one service.",
    rows=(ServiceCredential,),
    operations=("iam.credentials.service_credentials",),
    conformance=("service_credentials",),
    seed=Seed(
        field="service_specific_credentials",
        meaning="the service-specific credentials",
        on=("user",),
        item=_item,
        plant=_plant,
    ),
    dates=Dates(
        thing="service_specific_credential",
        by="its id",
        kind=ServiceCredential,
        dates={"created": Date(attribute="created_at", meaning="when it was created")},
        find=by_key(ServiceCredential),
        missing="service-specific credential",
        begins="created",
    ),
    imports=Import(lacks="service-specific credentials"),
)
