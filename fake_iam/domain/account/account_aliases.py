"""The account's alias: one at the most, and no two accounts have the same."""

from __future__ import annotations

from dataclasses import dataclass

from fake_iam.domain.errors import EntityAlreadyExists, NoSuchEntity


@dataclass(frozen=True, slots=True)
class AccountAlias:
    """What the account may be called instead of its number."""

    account_id: str
    alias: str


def alias_taken(alias: str) -> EntityAlreadyExists:
    """Some account has the alias. Quoted in ekristen/aws-nuke#697 and awslabs/aws-deployment-framework#465."""
    return EntityAlreadyExists(f"The account alias {alias} already exists.")


def no_such_alias(alias: str) -> NoSuchEntity:
    """The account has no such alias. Assumed: AWS's answer is not known."""
    return NoSuchEntity(f"The account alias with name {alias} cannot be found.")
