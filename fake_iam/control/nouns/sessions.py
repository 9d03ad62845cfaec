"""Temporary credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, ListOf, MapOf, Moment, Record, Schema, Text
from fake_iam.control.documents.moments import ANY_TIME, write_moment
from fake_iam.control.documents.problems import Where
from fake_iam.control.nouns.access_keys import must_be_free
from fake_iam.control.nouns.exports import given
from fake_iam.control.nouns.fields import TAGS
from fake_iam.control.nouns.noun import Dumping, Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.domain.sts.sessions import RoleSession, Session
from fake_iam.domain.tags import Tag

ROOT: Final = "root"


@dataclass(frozen=True)
class Texts:
    """A text, or a list of texts."""

    def read(self, value: Any, where: Where) -> str | tuple[str, ...]:
        """The text, or a tuple of them. Raises FormatError."""
        return tuple(ListOf(Text()).read(value, where)) if isinstance(value, list) else Text().read(value, where)

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": ["string", "array"], "items": {"type": "string"}}


_ROLE_SESSION: Final = Record(
    {
        "name": Field(Text(), "the name of the session", required=True),
        "tags": TAGS,
        "transitive_tag_keys": Field(ListOf(Text(shape="tagKeyType")), "the keys of tags that are passed on"),
        "source_identity": Field(Text(), "who took on the role first"),
        "claims": Field(MapOf(Text(), Texts()), "condition keys that an identity provider's word gave"),
    }
)


def _item(date: Moment) -> Fields:
    return {
        "id": Field(Text(shape="accessKeyIdType"), "the key id", required=True),
        "secret": Field(Text(secret=True), "the secret", required=True),
        "token": Field(Text(secret=True), "the session token", required=True),
        "owner": Field(Text(), "the unique id of the user or role, or root", required=True),
        "issued_at": Field(date, "when they were made; now if left out"),
        "expires": Field(Moment(ANY_TIME, past=False), "until when they work", required=True),
        "mfa": Field(Flag(), "whether an MFA code was given for them"),
        "federated_name": Field(Text(), "the federated user's name, if they are one's"),
        "role_session": Field(_ROLE_SESSION, "what stays with a session of a role"),
        "policy": Field(Text(), "the session policy"),
        "policy_arns": Field(ListOf(Text(shape="arnType")), "the managed policies that limit the session"),
        "scopes": Field(ListOf(Text()), "the policies that scope the session down further"),
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
        issued_at=values.get("issued_at", planting.now),
        expires_at=values["expires"],
        mfa=values.get("mfa", False),
        federated_name=values.get("federated_name"),
        role=_role_session(values.get("role_session")),
        policy=values.get("policy"),
        policy_arns=tuple(values.get("policy_arns", ())),
        scopes=tuple(values.get("scopes", ())),
    )
    account.sessions.put(row.key_id, row)


def _role_session(values: dict[str, Any] | None) -> RoleSession | None:
    if values is None:
        return None
    return RoleSession(
        values["name"],
        tuple(Tag(key, value) for key, value in values.get("tags", {}).items()),
        tuple(values.get("transitive_tag_keys", ())),
        values.get("source_identity"),
        tuple(values.get("claims", {}).items()),
    )


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
        "issued_at": write_moment(session.issued_at),
        "expires": write_moment(session.expires_at),
        "mfa": session.mfa,
        **given(
            federated_name=session.federated_name,
            role_session=None if session.role is None else _spelt_role_session(session.role),
            policy=session.policy,
            policy_arns=list(session.policy_arns) or None,
            scopes=list(session.scopes) or None,
        ),
    }


def _spelt_role_session(session: RoleSession) -> dict[str, Any]:
    return {
        "name": session.name,
        **given(
            tags={tag.key: tag.value for tag in session.tags} or None,
            transitive_tag_keys=list(session.transitive_tag_keys) or None,
            source_identity=session.source_identity,
            claims={key: list(value) if isinstance(value, tuple) else value for key, value in session.claims} or None,
        ),
    }


NOUN: Final = Noun(
    name="session",
    title="Temporary credentials",
    about="Credentials of the AssumeRole family, GetSessionToken and GetFederationToken. Dumps with secrets have them.",
    rows=(Session,),
    operations=(
        "sts.sessions",
        "sts.federation",
        "sts.assumed_roles",
        "sts.web_identities",
        "sts.saml_identities",
        "sts.narrowed",
    ),
    conformance=(
        "sts",
        "mfa_sessions",
        "federation",
        "assumed_roles",
        "narrowed_sessions",
        "web_identities",
        "saml_identities",
    ),
    seed=Seed(field="sessions", meaning="temporary credentials (dumps)", item=_item, plant=_plant),
    spell=_spell,
    imports=Import(lacks="temporary credentials"),
)
