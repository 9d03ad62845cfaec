from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.people import People
from conformance.provenance import assumed, documented, observed
from conformance.sources import API, CUSTODIAN, LIST_KEYS, LIST_USERS, LOCALSTACK, LOCALSTACK_MFA, VERSITY
from conformance.targets import Target

BAD_MARKER = AwsError("ValidationError", "Invalid Marker.", 400)
PRINTED = ("val-maxitems-high", "4:IAM of 2015 printed the value")  # which is over
OF_ONE_USER = [
    "list_access_keys",
    "list_user_tags",
    "list_groups_for_user",
    "list_user_policies",
    "list_attached_user_policies",
    "list_mfa_devices",
    "list_ssh_public_keys",
    "list_signing_certificates",
]


def value_range(constraint: str) -> AwsError:
    return AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: "
        f"Member must have value {constraint}",
        400,
    )


def pages(operation: Any, member: str, **parameters: Any) -> list[list[Any]]:
    """All the pages, following the markers."""
    found = [operation(**parameters)]
    while found[-1]["IsTruncated"]:
        found.append(operation(**parameters, Marker=found[-1]["Marker"]))
    return [page[member] for page in found]


@pytest.mark.parametrize("method", OF_ONE_USER)
@observed(*CUSTODIAN, "1.5:List*", "C56")
def test_an_empty_list_says_that_it_is_complete(aws: Target, new_user: People, method: str) -> None:
    answer = getattr(aws.iam, method)(UserName=new_user())
    assert answer["IsTruncated"] is False
    assert "Marker" not in answer


@observed("undated", "localstack/localstack#4150", "1.5:List*", "C56")
def test_an_empty_list_of_users_says_that_it_is_complete(aws: Target, new_user: People) -> None:
    assert aws.iam.list_users(PathPrefix=new_user.path()) == {"Users": [], "IsTruncated": False}


@observed(*LOCALSTACK_MFA, "1.5:List*", "C56")
def test_a_list_of_virtual_devices_says_whether_it_is_complete(aws: Target) -> None:
    answer = aws.iam.list_virtual_mfa_devices()
    assert isinstance(answer["IsTruncated"], bool)


@documented(LIST_KEYS, "1.5:List*", "C57")
def test_keys_page_by_one(aws: Target, new_user: People) -> None:
    alice = new_user()
    keys = {new_user.key(alice).id, new_user.key(alice).id}
    first = aws.iam.list_access_keys(UserName=alice, MaxItems=1)
    assert (len(first["AccessKeyMetadata"]), first["IsTruncated"]) == (1, True)
    second = aws.iam.list_access_keys(UserName=alice, MaxItems=1, Marker=first["Marker"])
    assert second["IsTruncated"] is False
    assert "Marker" not in second
    assert {only(page["AccessKeyMetadata"])["AccessKeyId"] for page in (first, second)} == keys


@documented(LIST_KEYS, "1.5:List*", "C57")
def test_a_page_that_holds_all_is_the_last(aws: Target, new_user: People) -> None:
    alice = new_user()
    new_user.key(alice)
    new_user.key(alice)
    answer = aws.iam.list_access_keys(UserName=alice, MaxItems=2)
    assert (len(answer["AccessKeyMetadata"]), answer["IsTruncated"]) == (2, False)


@documented(LIST_USERS, "6:PathPrefix", "C57")
def test_users_page_within_a_path_prefix(aws: Target, new_user: People) -> None:
    path = new_user.path()
    users = {new_user(Path=path), new_user(Path=path), new_user(Path=f"{path}deeper/")}
    new_user(Path=new_user.path())
    found = pages(aws.iam.list_users, "Users", PathPrefix=path, MaxItems=2)
    assert [len(page) for page in found] == [2, 1]
    assert {user["UserName"] for page in found for user in page} == users


@documented(f"{API}/API_ListUserTags.html", "C57")
def test_tags_page(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=[{"Key": key, "Value": ""} for key in ("c", "a", "b")])
    found = pages(aws.iam.list_user_tags, "Tags", UserName=alice, MaxItems=1)
    assert [[tag["Key"] for tag in page] for page in found] == [["a"], ["b"], ["c"]]


@documented(LIST_USERS, "6:MaxItems", "C59")
def test_a_page_has_a_hundred_users_by_default(aws: Target, new_user: People) -> None:
    path = new_user.path()
    users = {new_user(Path=path) for _ in range(101)}
    found = pages(aws.iam.list_users, "Users", PathPrefix=path)
    assert [len(page) for page in found] == [100, 1]
    assert {user["UserName"] for page in found for user in page} == users
    assert [len(page) for page in pages(aws.iam.list_users, "Users", PathPrefix=path, MaxItems=1000)] == [101]


@pytest.mark.parametrize("marker", ["made up", "AAAA", "x" * 300])
@pytest.mark.parametrize("method", ["list_users", "list_access_keys", "list_user_tags"])
@assumed("recorded for ListVirtualMFADevices (localstack/localstack#13891)", "val-marker", "C57")
def test_a_marker_the_service_did_not_give_is_refused(aws: Target, new_user: People, method: str, marker: str) -> None:
    named = {"PathPrefix": new_user.path()} if method == "list_users" else {"UserName": new_user()}
    assert aws.error(getattr(aws.iam, method), Marker=marker, **named) == BAD_MARKER


@observed(*LOCALSTACK_MFA, "val-marker", "C57")
def test_a_marker_the_service_did_not_give_is_refused_for_virtual_devices(aws: Target) -> None:
    assert aws.error(aws.iam.list_virtual_mfa_devices, Marker="made up") == BAD_MARKER


@pytest.mark.parametrize(
    ("number", "constraint", "method"),
    [
        pytest.param(
            number,
            constraint,
            method,
            marks=assumed(
                "inferred from the recorded errors of the password policy", f"val-maxitems-{end}-2026", *older
            ),
            id=f"{number} {method}",
        )
        for number, constraint, end, older in (
            (1001, "less than or equal to 1000", "high", PRINTED),
            (2147483647, "less than or equal to 1000", "high", PRINTED),
            (0, "greater than or equal to 1", "low", ()),
            (-1, "greater than or equal to 1", "low", ()),
        )
        for method in ("list_users", "list_access_keys", "list_policies")
    ],
)
def test_max_items_is_from_1_to_1000(aws: Target, number: int, constraint: str, method: str) -> None:
    assert aws.error(getattr(aws.iam, method), MaxItems=number) == value_range(constraint)


@pytest.mark.parametrize("number", [1, 1000])
@documented(LIST_USERS, "6:MaxItems")
def test_max_items_at_its_bounds_is_fine(aws: Target, new_user: People, number: int) -> None:
    assert aws.iam.list_users(PathPrefix=new_user.path(), MaxItems=number)["Users"] == []


@pytest.mark.parametrize("text", ["abc", "1.5", "2147483648", "1e3"])
@assumed(VERSITY, "proto-malformed-input-iam")
def test_max_items_that_is_no_number_is_malformed(aws: Target, text: str) -> None:
    form = {"Action": "ListUsers", "Version": "2010-05-08", "MaxItems": text}
    assert aws.post("iam", form).error() == AwsError("MalformedInput", None, 400)


@observed(*LOCALSTACK, "1.5:List*", "C56")
def test_the_boolean_on_the_wire_is_lower_case(aws: Target, new_user: People) -> None:
    form = {"Action": "ListUsers", "Version": "2010-05-08", "PathPrefix": new_user.path()}
    answer = aws.post("iam", form).succeeded()
    assert answer.xml.findtext(".//{*}IsTruncated") == "false"
