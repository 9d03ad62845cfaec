"""Delegation requests."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import ACCOUNT_ID, Field, Flag, ListOf, Moment, Number, Record, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Date, Dates, by_key
from fake_iam.control.nouns.fields import PolicyDocument
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain import arns
from fake_iam.domain.account.delegation_requests import (
    ACCEPTED,
    ASSIGNED,
    FINALIZED,
    TIMES,
    UNASSIGNED,
    DelegationRequest,
)

ID: Final = Text(pattern=r"[\w-]{16,128}", says="an id of 16 to 128 letters, digits, underscores and dashes")
ARN: Final = Text(pattern=arns.ARN, says="an ARN")
PARAMETER: Final = Record(
    {
        "name": Field(Text(), "its name", required=True),
        "values": Field(ListOf(Text()), "its values"),
        "type": Field(Text(choices=("string", "stringList")), "its type"),
    }
)


def _item(date: Moment) -> Fields:
    return {
        "id": Field(ID, "its id; drawn if left out"),
        "workflow_id": Field(Text(), "the partner's id for it, unique", required=True),
        "description": Field(Text(), "what it is for", required=True),
        "policy_template": Field(Text(), "the ARN of the template of the permissions", required=True),
        "parameters": Field(ListOf(PARAMETER), "the template's parameters"),
        "notification_channel": Field(Text(), "the ARN of an SNS topic", required=True),
        "session_duration": Field(Number(300, 43_200), "how long the access lasts, in seconds", required=True),
        "owner_account": Field(ACCOUNT_ID, "the account that it is for; any if left out, or the owner's"),
        "owner": Field(ARN, "the ARN of who claimed it; nobody if left out"),
        "state": Field(Text(choices=tuple(TIMES)), "its state; ASSIGNED if it has an owner, else UNASSIGNED"),
        "approver": Field(ARN, "the ARN of who accepted it; the owner if left out"),
        "message": Field(Text(), "the partner's message"),
        "redirect_url": Field(Text(), "where the console leads afterwards"),
        "only_send_by_owner": Field(Flag(), "whether the owner alone may send the token"),
        "notes": Field(Text(), "the notes that it was forwarded with"),
        "rejection_reason": Field(Text(), "why it was rejected"),
        "requestor_name": Field(Text(), "what the partner is called"),
        "permission_policy": Field(PolicyDocument(), "what the template comes to"),
        "permissions_boundaries": Field(ListOf(ARN), "the ARNs of policies that roles made by the partner must have"),
        "trade_in_token": Field(Text(secret=True), "the token that was sent to the partner"),
        "created": Field(date, "when it was made; now if left out"),
        "updated": Field(date, "when it was brought to its state; when it was made, if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, requests = placed.value, planting.table(DelegationRequest)
    stated = _stated(placed)
    request_id = values.get("id")
    if request_id is not None and requests.get(request_id):
        raise FormatError((*placed.where, "id"), f"{request_id!r} is there already")
    planting.do(
        placed,
        "CreateDelegationRequest",
        Description=values["description"],
        Permissions=_permissions(values),
        RequestorWorkflowId=values["workflow_id"],
        NotificationChannel=values["notification_channel"],
        SessionDuration=values["session_duration"],
        RequestMessage=values.get("message"),
        RedirectUrl=values.get("redirect_url"),
        OnlySendByOwner=values.get("only_send_by_owner"),
    )
    request = requests.find("workflow", values["workflow_id"])
    assert request is not None
    requests.delete(request.id)
    created = values.get("created", planting.now)
    planting.change(
        request_id or request.id,
        request,
        **stated,
        id=request_id,
        notes=values.get("notes"),
        rejection_reason=values.get("rejection_reason"),
        requestor_name=values.get("requestor_name"),
        permission_policy=values.get("permission_policy"),
        boundary_arns=tuple(values.get("permissions_boundaries", ())),
        trade_in_token=values.get("trade_in_token"),
        created_at=created,
        updated_at=values.get("updated", created),
    )


def _permissions(values: Any) -> dict[str, Any]:
    parameters = [
        {name.capitalize(): value for name, value in parameter.items()} for parameter in values.get("parameters", ())
    ]
    return {"PolicyTemplateArn": values["policy_template"], **({"Parameters": parameters} if parameters else {})}


def _stated(placed: Placed) -> dict[str, Any]:
    """Whose it is and in which state, if that can be."""
    values = placed.value
    owner = values.get("owner")
    state = values.get("state", UNASSIGNED if owner is None else ASSIGNED)
    if (owner is None) != (state == UNASSIGNED):
        raise FormatError(
            (*placed.where, "state"), f"{state} is for requests {'with' if owner is None else 'without'} an owner"
        )
    owners_account = owner and owner.split(":")[4]
    account_id = values.get("owner_account", owners_account)
    if owner is not None and account_id != owners_account:
        raise FormatError((*placed.where, "owner"), f"{owner!r} is not of the account {account_id}")
    approver = values.get("approver", owner) if state in (ACCEPTED, FINALIZED) else None
    return {"state": state, "owner_arn": owner, "owner_account_id": account_id, "approver_arn": approver}


NOUN: Final = Noun(
    name="delegation_request",
    title="Delegation requests",
    about=(
        "Requests of an account, which is a partner to others, for temporary access. They expire by the clock. It "
        "takes a botocore that knows the operations."
    ),
    rows=(DelegationRequest,),
    operations=("iam.account.delegation_requests",),
    conformance=("delegation_requests",),
    seed=Seed(
        field="delegation_requests",
        meaning="the requests that the account has made of others",
        item=_item,
        plant=_plant,
    ),
    dates=Dates(
        thing="delegation_request",
        by="its id",
        kind=DelegationRequest,
        dates={
            "created": Date(attribute="created_at", meaning="when it was made"),
            "updated": Date(attribute="updated_at", meaning="when it was brought to its state"),
        },
        find=by_key(DelegationRequest),
        missing="delegation request",
        follows=(("created", "updated"),),
    ),
    imports=Import(lacks="delegation requests"),
)
