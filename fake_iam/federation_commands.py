"""The commands that stand in for identity providers and services of AWS: arguments to requests, answers to lines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_iam.control.documents.files import read_file
from fake_iam.control.documents.problems import DocumentError
from fake_iam.remote import Remote

Add = Callable[..., argparse.ArgumentParser]
PROVIDER = "the ARN of an OpenID Connect provider, or its URL"


def pair(text: str, what: str, example: str) -> tuple[str, str]:
    """Both sides of an equal sign. Raises DocumentError if there is none."""
    name, equals, value = text.partition("=")
    if not equals:
        raise DocumentError(f"{text!r} must be {what}: {example}")
    return name, value


def add_federation(commands: Any, add: Add) -> None:
    """Add them to argparse's sub-parsers; ``add`` makes one."""
    token = add(commands, "web-identity-token", "print a token that the provider might have signed", _web_token)
    token.add_argument("provider", help=PROVIDER)
    token.add_argument("--sub", help="the subject; test-user if left out")
    token.add_argument("--aud", help="the audience; the provider's first client id if left out")
    token.add_argument(
        "--claim",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help='a further claim, JSON or a text: amr=["mfa"], exp="5 minutes ago"; null leaves one out',
    )
    keys = add(commands, "web-identity-keys", "verify a provider's tokens by keys of your own", _web_keys)
    keys.add_argument("provider", help=PROVIDER)
    where = keys.add_mutually_exclusive_group(required=True)
    where.add_argument("--jwks", metavar="FILE", help="a set of keys (JWKS)")
    where.add_argument("--jwks-url", metavar="URL", help="where on this machine such a set is found")
    for parser in (token, keys):
        parser.add_argument("--account", help="the account of a URL; the one that answers if left out")
    _add_saml(commands, add)
    _add_service(commands, add)


def _add_service(commands: Any, add: Add) -> None:
    told = add(commands, "delegation-notifications", "print what partners are told of delegation requests", _told)
    told.add_argument("request", nargs="?", help="the id of a request; all of them if left out")
    taking = add(commands, "assume-role-as", "let a service of AWS take on a role, print its credentials", _assume)
    taking.add_argument("service", help="the service principal, such as ec2.amazonaws.com")
    taking.add_argument("role", help="the ARN or name of a role, or the ARN of an instance profile")
    taking.add_argument("--session-name", required=True, help="the name of the session: EC2's is the instance's id")
    taking.add_argument("--duration", type=int, metavar="SECONDS", help="how long it lasts; an hour if left out")
    taking.add_argument("--tag", metavar="KEY=VALUE", action="append", default=[], help="a session tag")
    taking.add_argument("--transitive-tag-key", metavar="KEY", action="append", help="one that is passed on")
    taking.add_argument("--source-identity", help="the source identity")
    taking.add_argument("--external-id", help="the condition key sts:ExternalId")
    taking.add_argument("--policy", metavar="FILE", help="a session policy")
    taking.add_argument("--source-arn", metavar="ARN", help="the condition key aws:SourceArn")
    taking.add_argument("--source-account", metavar="ACCOUNT", help="the condition key aws:SourceAccount")
    taking.add_argument("--context", metavar="KEY=VALUE", action="append", default=[], help="a further condition key")
    taking.add_argument("--account", help="the account of a name; the one that answers if left out")


def _add_saml(commands: Any, add: Add) -> None:
    metadata = add(commands, "saml-metadata", "print SAML metadata with a key that this server has", _metadata)
    metadata.add_argument("--entity-id", help="the name by which the identity provider issues assertions")
    assertion = add(commands, "saml-assertion", "print a SAML response that the provider might have signed", _assertion)
    assertion.add_argument("provider", help="the ARN or name of a SAML provider whose metadata is from saml-metadata")
    assertion.add_argument("--role", action="append", required=True, help="the ARN or name of a role; may be repeated")
    assertion.add_argument("--session-name", help="the attribute RoleSessionName; test-user if left out")
    assertion.add_argument("--subject", help="the subject's name; test-user if left out")
    assertion.add_argument("--subject-format", help="persistent, transient, or the whole name of another format")
    assertion.add_argument("--duration", type=int, metavar="SECONDS", help="the attribute SessionDuration")
    assertion.add_argument("--tag", metavar="KEY=VALUE", action="append", default=[], help="an attribute PrincipalTag")
    assertion.add_argument("--transitive-tag-key", metavar="KEY", action="append", help="one of TransitiveTagKeys")
    assertion.add_argument("--source-identity", help="the attribute SourceIdentity")
    assertion.add_argument(
        "--attribute", metavar="NAME=VALUE", action="append", default=[], help="a further attribute; may be repeated"
    )
    assertion.add_argument("--issued", metavar="MOMENT", help='when it was issued, such as "6 minutes ago"')
    assertion.add_argument("--session-until", metavar="MOMENT", help="when the provider's own session ends")
    assertion.add_argument("--audience", help="whom the assertion is for")
    assertion.add_argument("--recipient", help="where it is sent")
    for parser in (metadata, assertion):
        parser.add_argument("--account", help="the account of the provider; the one that answers if left out")


def _metadata(remote: Remote, asked: argparse.Namespace) -> str:
    return str(remote.post("saml-metadata", entity_id=asked.entity_id, account_id=asked.account)["metadata"])


def _assertion(remote: Remote, asked: argparse.Namespace) -> str:
    names = "session_name subject subject_format duration source_identity issued session_until audience recipient"
    attributes: dict[str, list[str]] = {}
    for text in asked.attribute:
        name, value = pair(text, "an attribute and its value", "urn:oid:2.5.4.3=Alice")
        attributes.setdefault(name, []).append(value)
    answer = remote.post(
        "saml-assertion",
        provider=asked.provider,
        role=asked.role,
        tags=_tags(asked),
        transitive_tag_keys=asked.transitive_tag_key,
        attributes=attributes,
        account_id=asked.account,
        **{name: getattr(asked, name) for name in names.split()},
    )
    return str(answer["assertion"])


def _told(remote: Remote, asked: argparse.Namespace) -> Any:
    return remote.get("delegation-notifications", request=asked.request)


def _assume(remote: Remote, asked: argparse.Namespace) -> Any:
    names = "service role session_name duration source_identity external_id source_arn source_account"
    return remote.post(
        "assume-role-as",
        tags=_tags(asked),
        transitive_tag_keys=asked.transitive_tag_key,
        policy=None if asked.policy is None else read_file(Path(asked.policy)),
        context=dict(pair(text, "a condition key and its value", "aws:SourceIp=203.0.113.7") for text in asked.context),
        account_id=asked.account,
        **{name: getattr(asked, name) for name in names.split()},
    )


def _tags(asked: argparse.Namespace) -> dict[str, str]:
    return dict(pair(text, "a tag's key and value", "team=red") for text in asked.tag)


def _web_token(remote: Remote, asked: argparse.Namespace) -> str:
    named = {name: value for name in ("sub", "aud") if (value := getattr(asked, name)) is not None}
    pairs = (pair(text, "a claim and its value", "email=alice@example.com") for text in asked.claim)
    claims = {**named, **{name: _value(text) for name, text in pairs}}
    answer = remote.post("web-identity-token", provider=asked.provider, claims=claims, account_id=asked.account)
    return str(answer["token"])


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _web_keys(remote: Remote, asked: argparse.Namespace) -> Any:
    jwks = None if asked.jwks is None else read_file(Path(asked.jwks))
    return remote.post(
        "web-identity-keys",
        provider=asked.provider,
        jwks=jwks,
        jwks_url=asked.jwks_url,
        account_id=asked.account,
    )
