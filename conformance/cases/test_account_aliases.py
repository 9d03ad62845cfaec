from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from conformance.answers import AwsError
from conformance.conftest import LEFT_BEHIND
from conformance.people import PREFIX
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.signing import Key
from conformance.sources import API, Source
from conformance.targets import Target, fake_target

NONE: list[str] = []
LOCALSTACK_ALIASES = Source("2026-02", "localstack/localstack main, AWS-validated test_iam_account_aliases")
FLOCI = Source("2026-08", "floci-io/floci#2103, tried on a live account")
QUOTED = Source("2022-04 and 2025-06", "awslabs/aws-deployment-framework#465, ekristen/aws-nuke#697")


def alias_taken(alias: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"The account alias {alias} already exists.", 409)


def alias_missing(alias: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The account alias with name {alias} cannot be found.", 404)


def aliases(aws: Target) -> list[str]:
    return list(aws.iam.list_account_aliases()["AccountAliases"])


@pytest.fixture
def new_alias(aws: Target, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Names for an account that has no alias; an account in use keeps the one it has, and the case is skipped."""
    if aliases(aws):
        pytest.skip("the account has an alias, which is not to be touched")
    made: list[str] = []

    def name() -> str:
        made.append(PREFIX + secrets.token_hex(6))
        return made[-1]

    yield name
    for alias in set(aliases(aws)).intersection(made):
        try:
            aws.iam.delete_account_alias(AccountAlias=alias)
        except AssertionError as problem:
            request.config.stash[LEFT_BEHIND].append(f"account alias {alias}: {problem}")


@observed(*LOCALSTACK_ALIASES)
def test_an_alias_is_made_listed_and_deleted(aws: Target, new_alias: Callable[[], str]) -> None:
    alias = new_alias()
    assert aws.iam.create_account_alias(AccountAlias=alias) == {}
    assert aws.settle(lambda: aliases(aws), [alias]) == [alias]
    assert aws.iam.delete_account_alias(AccountAlias=alias) == {}
    assert aws.settle(lambda: aliases(aws), NONE) == NONE


@documented(f"{API}/API_ListAccountAliases.html", "1.5:List*")
def test_a_list_says_that_it_is_complete(aws: Target) -> None:
    answer = aws.iam.list_account_aliases()
    assert sorted(answer) == ["AccountAliases", "IsTruncated"]
    assert answer["IsTruncated"] is False
    assert len(answer["AccountAliases"]) <= 1


@observed(*FLOCI)
def test_a_second_alias_takes_the_place_of_the_first(aws: Target, new_alias: Callable[[], str]) -> None:
    first, second = new_alias(), new_alias()
    aws.iam.create_account_alias(AccountAlias=first)
    assert aws.wait_for(aws.iam.create_account_alias, AccountAlias=second) == {}
    assert aws.settle(lambda: aliases(aws), [second]) == [second]


@assumed("quoted for an alias that another account has", "alias-taken")
def test_the_own_alias_is_taken(aws: Target, new_alias: Callable[[], str]) -> None:
    alias = new_alias()
    aws.iam.create_account_alias(AccountAlias=alias)
    assert aws.settle(lambda: aliases(aws), [alias]) == [alias]
    assert aws.error(aws.iam.create_account_alias, AccountAlias=alias) == alias_taken(alias)


@fake_only("it takes two accounts")
@observed(*QUOTED, "alias-taken")
def test_the_alias_of_another_account_is_taken(aws: Target) -> None:
    with fake_target(auth="issued", root_access_key_id=None, root_secret_access_key=None) as server:
        one, other = (server.signing_with(Key(number, "any")) for number in ("123456789012", "210987654321"))
        one.iam.create_account_alias(AccountAlias="example-corp")
        assert server.error(other.iam.create_account_alias, AccountAlias="example-corp") == alias_taken("example-corp")


@assumed("the wording of sibling calls", "alias-missing")
def test_an_unknown_alias_cannot_be_deleted(aws: Target) -> None:
    alias = PREFIX + secrets.token_hex(6)
    assert aws.error(aws.iam.delete_account_alias, AccountAlias=alias) == alias_missing(alias)


@pytest.mark.parametrize("alias", ["two--dashes", "-dash-first", "dash-last-", "Capitals"])
@assumed("the generic wording of other members with a pattern", "val-pattern-ssc-id")
def test_an_alias_has_lower_case_letters_digits_and_single_dashes(aws: Target, alias: str) -> None:
    said = (
        "Value at 'accountAlias' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"
    )
    expected = AwsError("ValidationError", f"1 validation error detected: {said}", 400)
    assert aws.error(aws.iam.create_account_alias, AccountAlias=alias) == expected
    assert aws.error(aws.iam.delete_account_alias, AccountAlias=alias) == expected
