"""Temporary credentials."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, Moment, Text
from fake_iam.control.documents.moments import ANY_TIME, write_moment
from fake_iam.control.nouns.access_keys import must_be_free
from fake_iam.control.nouns.exports import given
from fake_iam.control.nouns.noun import Dumping, Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.domain.sts.sessions import Session

ROOT: Final = "root"


def _item(date: Moment) -> Fields:
    return {
        "id": Field(Text(shape="accessKeyIdType"), "the key id", required=True),
        "secret": Field(Text(secret=True), "the secret", required=True),
        "token": Field(Text(secret=True), "the session token", required=True),
        "owner": Field(Text(), "the unique id of the user, or root", required=True),
        "expires": Field(Moment(ANY_TIME, past=False), "until when they work", required=True),
        "mfa": Field(Flag(), "whether an MFA code was given for them"),
        "federated_name": Field(Text(), "the federated user's name, if they are one's"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, account = placed.value, planting.account
    must_be_free(planting, (*placed.where, "id"), values["id"])
    planting.engine.store.record_issue(values["id"], account.id)
    row = Session(
        key_id=values["id"],
        account_id=account.id,
        owner_id=account.id if values["owner"] == ROOT else values["owner"],
        secret=values["secret"],
        token=values["token"],
        expires_at=values["expires"],
        mfa=values.get("mfa", False),
        federated_name=values.get("federated_name"),
    )
    account.sessions.put(row.key_id, row)


def _spell(dumping: Dumping, account: Carrier) -> list[dict[str, Any]] | None:
    """Nothing without secrets, which is all that they are."""
    if not dumping.secrets:
        return None
    by_owner = sorted(dumping.account.sessions.items(), key=lambda item: (item[1].owner_id, item[0]))
    return [_spelt(row) for _, row in by_owner] or None


def _spelt(session: Session) -> dict[str, Any]:
    return {
        "id": session.key_id,
        "secret": session.secret,
        "token": session.token,
        "owner": ROOT if session.owner_id == session.account_id else session.owner_id,
        "expires": write_moment(session.expires_at),
        "mfa": session.mfa,
        **given(federated_name=session.federated_name),
    }


NOUN: Final = Noun(
    name="session",
    title="Temporary credentials",
    about="Credentials of GetSessionToken and GetFederationToken. Dumps with secrets have them.",
    rows=(Session,),
    operations=("sts.sessions", "sts.federation"),
    conformance=("sts", "mfa_sessions", "federation"),
    seed=Seed(field="sessions", meaning="temporary credentials (dumps)", item=_item, plant=_plant),
    spell=_spell,
    imports=Import(lacks="temporary credentials"),
)
