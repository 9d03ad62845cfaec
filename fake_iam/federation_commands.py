"""The commands that stand in for identity providers: arguments to requests, answers to lines."""

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
