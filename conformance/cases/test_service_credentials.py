from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.conftest import LEFT_BEHIND
from conformance.modelled import with_whole_model
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import API, Source
from conformance.targets import Target, fake_target
from fake_iam.domain.clock import ManualClock

pytestmark = with_whole_model
CODE = "codecommit.amazonaws.com"
CASSANDRA = "cassandra.amazonaws.com"
BEDROCK = "bedrock.amazonaws.com"
PREFIXES = {
    BEDROCK: "ABSK",
    "logs.amazonaws.com": "ACWL",
    "cloudwatch.amazonaws.com": "APIAACWM",
    "aws-external-anthropic.amazonaws.com": "AEAA",
}
MEMBER = "ServiceSpecificCredentials"
UNKNOWN_ID = "ACCAUNKNOWNUNKNOWN234"
NOBODY = "fake-iam-conformance-nobody"
STACKD = Source("2026-09-11", "radkawar/stackd, internal/services/iam/testdata/service_credentials_aws.json, recorded")
STACKD_TOKENS = Source("2026-09-11", "radkawar/stackd, service_credentials_authorization_aws.json, recorded")
LOCALSTACK_MAIN = Source("undated", "localstack/localstack main, AWS-validated test_iam")
ONLY_CODE_SEEN = "the code was seen (radkawar/stackd); the text is that of ResetServiceSpecificCredential"
ON_ONE = [
    ("update_service_specific_credential", {"Status": "Inactive"}),
    ("reset_service_specific_credential", {}),
    ("delete_service_specific_credential", {}),
]
FULL = AwsError("LimitExceeded", "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2", 409)


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def service_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"No such service {name} is supported for Service Specific Credentials", 404)


def credential_missing(credential_id: str) -> AwsError:
    return AwsError("NoSuchEntity", f"No such credential {credential_id} exists", 404)


class Credentials:
    """Makes credentials; ``clean_up`` removes them, so that their users can be removed."""

    def __init__(self, target: Target) -> None:
        self._iam = target.iam
        self._made: list[str] = []

    def __call__(self, user: str, service: str = CODE, **parameters: Any) -> Any:
        """A new credential of a user, as it is shown this once."""
        __tracebackhide__ = True
        answer = self._iam.create_service_specific_credential(UserName=user, ServiceName=service, **parameters)
        made = answer["ServiceSpecificCredential"]
        self._made.append(made["ServiceSpecificCredentialId"])
        return made

    def clean_up(self) -> list[str]:
        """Remove the credentials, whoever has them by now. Returns what is left behind, in words."""
        left: list[str] = []
        if not self._made:
            return left
        try:
            rows = self._iam.list_service_specific_credentials(AllUsers=True, MaxItems=1000)[MEMBER]
        except AssertionError as problem:
            return [f"service-specific credentials {self._made}: {problem}"]
        for row in rows:
            credential_id = row["ServiceSpecificCredentialId"]
            named = {"UserName": row["UserName"], "ServiceSpecificCredentialId": credential_id}
            try:
                if credential_id in self._made:
                    self._iam.delete_service_specific_credential(**named)
            except AssertionError as problem:
                left.append(f"service-specific credential {credential_id}: {problem}")
        return left


@pytest.fixture
def new_credential(aws: Target, new_user: People, request: pytest.FixtureRequest) -> Iterator[Credentials]:
    """Makes credentials, and removes them before their users."""
    credentials = Credentials(aws)
    yield credentials
    request.config.stash[LEFT_BEHIND] += credentials.clean_up()


def listed(aws: Target, user: str, **parameters: Any) -> list[Any]:
    return list(aws.iam.list_service_specific_credentials(UserName=user, **parameters)["ServiceSpecificCredentials"])


def statuses(aws: Target, user: str) -> list[str]:
    return [row["Status"] for row in listed(aws, user)]


# Creating


@pytest.mark.parametrize("service", [CODE, CASSANDRA])
@observed(*STACKD, "7:Service-specific credentials")
def test_a_new_credential_shows_a_name_and_a_password(
    aws: Target, new_user: People, new_credential: Credentials, service: str
) -> None:
    alice = new_user()
    made = new_credential(alice, service)
    assert sorted(made) == [
        "CreateDate",
        "ServiceName",
        "ServicePassword",
        "ServiceSpecificCredentialId",
        "ServiceUserName",
        "Status",
        "UserName",
    ]
    assert (made["ServiceName"], made["UserName"], made["Status"]) == (service, alice, "Active")
    assert made["ServiceUserName"] == f"{alice}-at-{aws.account}"
    assert re.fullmatch(r"ACCA[A-Z0-9]{17}", made["ServiceSpecificCredentialId"])
    assert len(made["ServicePassword"]) == 60
    assert abs(made["CreateDate"] - datetime.now(timezone.utc)) < timedelta(minutes=5)


@pytest.mark.parametrize("service", PREFIXES)
@observed(*STACKD_TOKENS, "7:Service-specific credentials")
def test_a_new_api_key_shows_an_alias_and_a_secret_that_wraps_it(
    aws: Target, new_user: People, new_credential: Credentials, service: str
) -> None:
    alice = new_user()
    made = new_credential(alice, service)
    assert sorted(made) == [
        "CreateDate",
        "ServiceCredentialAlias",
        "ServiceCredentialSecret",
        "ServiceName",
        "ServiceSpecificCredentialId",
        "Status",
        "UserName",
    ]
    assert made["ServiceCredentialAlias"] == f"{alice}-at-{aws.account}"
    secret = made["ServiceCredentialSecret"]
    assert secret.startswith(PREFIXES[service])
    inside = base64.b64decode(secret.removeprefix(PREFIXES[service]), validate=True).decode()
    assert inside.startswith(f"{made['ServiceCredentialAlias']}:")
    assert len(inside.partition(":")[2]) == 60


@observed(*STACKD, "7:Service-specific credentials")
def test_the_second_for_a_service_has_a_one_in_its_name(
    aws: Target, new_user: People, new_credential: Credentials
) -> None:
    alice = new_user()
    new_credential(alice)
    assert new_credential(alice)["ServiceUserName"] == f"{alice}+1-at-{aws.account}"
    assert new_credential(alice, CASSANDRA)["ServiceUserName"] == f"{alice}-at-{aws.account}"


@observed(*STACKD, "7:Service-specific credentials")
def test_the_number_in_the_name_is_used_again(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    made = [new_credential(alice), new_credential(alice)]
    for credential in made:
        credential_id = credential["ServiceSpecificCredentialId"]
        aws.iam.delete_service_specific_credential(UserName=alice, ServiceSpecificCredentialId=credential_id)
    assert new_credential(alice)["ServiceUserName"] == made[0]["ServiceUserName"]


@pytest.mark.parametrize("service", [CODE, CASSANDRA, *PREFIXES])
@observed(*STACKD, "ssc-quota")
def test_a_third_for_a_service_exceeds_the_quota(
    aws: Target, new_user: People, new_credential: Credentials, service: str
) -> None:
    alice = new_user()
    new_credential(alice, service)
    new_credential(alice, service)
    third = aws.error(aws.iam.create_service_specific_credential, UserName=alice, ServiceName=service)
    assert third == FULL


@pytest.mark.parametrize("service", [CODE, BEDROCK])
@observed(*STACKD)
def test_an_age_in_days_is_counted_from_creation(
    aws: Target, new_user: People, new_credential: Credentials, service: str
) -> None:
    made = new_credential(new_user(), service, CredentialAgeDays=1)
    assert made["ExpirationDate"] - made["CreateDate"] == timedelta(days=1)


@observed(*STACKD)
def test_the_letter_case_of_a_service_does_not_count(
    aws: Target, new_user: People, new_credential: Credentials
) -> None:
    assert new_credential(new_user(), "CodeCommit.amazonaws.com")["ServiceName"] == CODE


@observed(*LOCALSTACK_MAIN, "ssc-user-missing")
def test_the_user_is_looked_up_before_the_service(aws: Target) -> None:
    refused = aws.error(
        aws.iam.create_service_specific_credential, UserName=NOBODY, ServiceName="nothing.amazonaws.com"
    )
    assert refused == user_missing(NOBODY)


@pytest.mark.parametrize("service", ["sqs.amazonaws.com", "codecommit.amazonaws.com.cn"])
@pytest.mark.parametrize("method", ["create_service_specific_credential", "list_service_specific_credentials"])
@observed(*STACKD, "ssc-service")
def test_another_service_is_not_supported(aws: Target, new_user: People, method: str, service: str) -> None:
    assert aws.error(getattr(aws.iam, method), UserName=new_user(), ServiceName=service) == service_missing(service)


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("list_service_specific_credentials", marks=observed(*STACKD)),
        pytest.param(
            "create_service_specific_credential", marks=assumed("recorded for ListServiceSpecificCredentials")
        ),
    ],
)
def test_a_service_name_has_letters_digits_full_stops_and_dashes(aws: Target, new_user: People, method: str) -> None:
    refused = aws.error(getattr(aws.iam, method), UserName=new_user(), ServiceName=" CODECOMMIT.amazonaws.com ")
    assert refused == AwsError("ValidationError", "ServiceName must match [a-zA-Z0-9.-]*", 400)


# Listing


@pytest.mark.parametrize(
    ("service", "secret"), [(CODE, "ServicePassword"), (BEDROCK, "ServiceCredentialSecret")], ids=["name", "key"]
)
@observed(*STACKD, "1.5:ListServiceSpecificCredentials")
def test_a_list_shows_all_but_the_secret(
    aws: Target, new_user: People, new_credential: Credentials, service: str, secret: str
) -> None:
    alice = new_user()
    made = new_credential(alice, service, CredentialAgeDays=1)
    expected = [{name: value for name, value in made.items() if name != secret}]
    assert aws.settle(lambda: listed(aws, alice), expected) == expected


@observed(*STACKD)
def test_a_list_may_be_of_one_service(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    for service in (CODE, CASSANDRA):
        new_credential(alice, service)
    assert aws.settle(lambda: len(listed(aws, alice)), 2) == 2
    assert only(listed(aws, alice, ServiceName=CASSANDRA))["ServiceName"] == CASSANDRA
    assert len(listed(aws, alice, ServiceName="")) == 2


@observed(*STACKD)
def test_a_list_of_a_user_pages(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    made = {new_credential(alice)["ServiceSpecificCredentialId"] for _ in range(2)}
    assert aws.settle(lambda: len(listed(aws, alice)), 2) == 2
    first = aws.iam.list_service_specific_credentials(UserName=alice, MaxItems=1)
    second = aws.iam.list_service_specific_credentials(UserName=alice, MaxItems=1, Marker=first["Marker"])
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)
    pages = [only(page["ServiceSpecificCredentials"]) for page in (first, second)]
    assert {row["ServiceSpecificCredentialId"] for row in pages} == made


@observed(*STACKD)
def test_a_list_of_all_users_has_this_one_too(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    new_credential(alice)

    def found() -> bool:
        parameters: dict[str, Any] = {"AllUsers": True, "ServiceName": CODE, "MaxItems": 1000}
        while True:
            page = aws.iam.list_service_specific_credentials(**parameters)
            if alice in {row["UserName"] for row in page["ServiceSpecificCredentials"]}:
                return True
            if not page["IsTruncated"]:
                return False
            parameters["Marker"] = page["Marker"]

    assert aws.settle(found, True) is True


@observed(*STACKD)
def test_a_list_of_all_users_and_of_one_is_refused(aws: Target, new_user: People) -> None:
    alice = new_user()
    listing = aws.iam.list_service_specific_credentials
    said = "Cannot list credentials for all users if a username is given"
    assert aws.error(listing, AllUsers=True, UserName=alice) == AwsError("InvalidInput", said, 400)
    assert listing(AllUsers=False, UserName=alice)["ServiceSpecificCredentials"] == []


@assumed("recorded for the other calls on credentials", "ssc-user-missing")
def test_the_credentials_of_an_unknown_user_are_not_listed(aws: Target) -> None:
    assert aws.error(aws.iam.list_service_specific_credentials, UserName=NOBODY) == user_missing(NOBODY)


# Changing


@observed(*STACKD, "1.5:UpdateUser, UpdateGroup, UpdateServiceSpecificCredential")
def test_a_credential_is_switched_off_and_on(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    credential_id = new_credential(alice)["ServiceSpecificCredentialId"]
    named = {"UserName": alice, "ServiceSpecificCredentialId": credential_id}
    for status in ("Inactive", "Active"):
        assert aws.iam.update_service_specific_credential(**named, Status=status) == {}
        assert aws.settle(lambda: statuses(aws, alice), [status]) == [status]


@observed(*STACKD)
def test_nobody_can_make_a_credential_expire(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    named = {"UserName": alice, "ServiceSpecificCredentialId": new_credential(alice)["ServiceSpecificCredentialId"]}
    refused = aws.error(aws.iam.update_service_specific_credential, **named, Status="Expired")
    assert refused == AwsError("InvalidInput", "Operation does not support status Expired", 400)


@observed(*LOCALSTACK_MAIN, "val-enum-status", "4:A wrong Status is a ValidationError")
def test_a_status_out_of_the_enumeration_is_refused(aws: Target, new_user: People) -> None:
    refused = aws.error(
        aws.iam.update_service_specific_credential,
        UserName=new_user(),
        ServiceSpecificCredentialId=UNKNOWN_ID,
        Status="Invalid",
    )
    said = "Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"
    assert refused == AwsError("ValidationError", f"1 validation error detected: {said}", 400)


@pytest.mark.parametrize(
    ("service", "secret"), [(CODE, "ServicePassword"), (BEDROCK, "ServiceCredentialSecret")], ids=["name", "key"]
)
@observed(*STACKD, "7:Service-specific credentials")
def test_a_reset_changes_the_secret_and_keeps_status_and_dates(
    aws: Target, new_user: People, new_credential: Credentials, service: str, secret: str
) -> None:
    alice = new_user()
    before = new_credential(alice, service)
    named = {"UserName": alice, "ServiceSpecificCredentialId": before["ServiceSpecificCredentialId"]}
    aws.iam.update_service_specific_credential(**named, Status="Inactive")
    assert aws.settle(lambda: statuses(aws, alice), ["Inactive"]) == ["Inactive"]
    after = aws.iam.reset_service_specific_credential(**named)["ServiceSpecificCredential"]
    assert after[secret] != before[secret]
    assert {**after, secret: ""} == {**before, secret: "", "Status": "Inactive"}


@observed(*STACKD, "6:UpdateUser is void", "C53")
def test_a_renamed_user_keeps_the_old_name_in_the_login(
    aws: Target, new_user: People, new_credential: Credentials
) -> None:
    alice, ann = new_user(), new_user.name()
    login = new_credential(alice)["ServiceUserName"]
    aws.iam.update_user(UserName=alice, NewUserName=ann)
    aws.wait_for(aws.iam.list_service_specific_credentials, UserName=ann)
    expected = [(ann, login)]
    assert aws.settle(lambda: [(row["UserName"], row["ServiceUserName"]) for row in listed(aws, ann)], expected) == (
        expected
    )


@observed(*STACKD_TOKENS)
def test_a_new_user_of_an_old_name_gets_another_login(
    aws: Target, new_user: People, new_credential: Credentials
) -> None:
    alice, ann = new_user(), new_user.name()
    new_credential(alice)
    aws.iam.update_user(UserName=alice, NewUserName=ann)
    aws.wait_for(aws.iam.create_user, UserName=alice)
    assert new_credential(alice)["ServiceUserName"] == f"{alice}+1-at-{aws.account}"


@pytest.mark.parametrize(("method", "parameters"), ON_ONE)
@observed(*LOCALSTACK_MAIN, "ssc-missing")
def test_an_unknown_credential_does_not_exist(
    aws: Target, new_user: People, method: str, parameters: dict[str, Any]
) -> None:
    named = {"UserName": new_user(), "ServiceSpecificCredentialId": UNKNOWN_ID, **parameters}
    assert aws.error(getattr(aws.iam, method), **named) == credential_missing(UNKNOWN_ID)


@pytest.mark.parametrize(("method", "parameters"), ON_ONE)
@observed(*LOCALSTACK_MAIN, "ssc-user-missing")
def test_the_user_is_looked_up_before_the_credential(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    named = {"UserName": NOBODY, "ServiceSpecificCredentialId": UNKNOWN_ID, **parameters}
    assert aws.error(getattr(aws.iam, method), **named) == user_missing(NOBODY)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        pytest.param(*ON_ONE[0], marks=assumed(ONLY_CODE_SEEN)),
        pytest.param(*ON_ONE[1], marks=observed(*STACKD)),
        pytest.param(*ON_ONE[2], marks=assumed(ONLY_CODE_SEEN)),
    ],
)
def test_somebody_elses_credential_is_refused_in_other_words(
    aws: Target, new_user: People, new_credential: Credentials, method: str, parameters: dict[str, Any]
) -> None:
    alice, bob = new_user(), new_user()
    credential_id = new_credential(alice)["ServiceSpecificCredentialId"]
    refused = aws.error(getattr(aws.iam, method), UserName=bob, ServiceSpecificCredentialId=credential_id, **parameters)
    said = f"User {bob} does not have a service specific credential with id {credential_id}"
    assert refused == AwsError("ValidationError", said, 400)


@pytest.mark.parametrize(("method", "parameters"), ON_ONE)
@observed(*LOCALSTACK_MAIN, "val-pattern-ssc-id")
def test_an_id_has_no_hyphens(aws: Target, new_user: People, method: str, parameters: dict[str, Any]) -> None:
    named = {"UserName": new_user(), "ServiceSpecificCredentialId": "ACCA-WITH-HYPHENS-IN-IT", **parameters}
    said = (
        "Value at 'serviceSpecificCredentialId' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w]+"
    )
    expected = AwsError("ValidationError", f"1 validation error detected: {said}", 400)
    assert aws.error(getattr(aws.iam, method), **named) == expected


@documented(f"{API}/API_DeleteServiceSpecificCredential.html", "ssc-missing")
def test_a_deleted_credential_is_gone(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    named = {"UserName": alice, "ServiceSpecificCredentialId": new_credential(alice)["ServiceSpecificCredentialId"]}
    assert aws.iam.delete_service_specific_credential(**named) == {}
    assert aws.settle(lambda: listed(aws, alice), []) == []


@observed(*STACKD, "user-del-other", "C52")
def test_a_user_with_a_credential_is_not_deleted(aws: Target, new_user: People, new_credential: Credentials) -> None:
    alice = new_user()
    new_credential(alice)
    said = "Cannot delete entity, must remove referenced objects first."
    assert aws.error(aws.iam.delete_user, UserName=alice) == AwsError("DeleteConflict", said, 409)


@fake_only("the clock has to be turned")
@assumed("the model's status Expired; when it is shown nobody has said")
def test_a_credential_past_its_time_is_shown_as_expired(aws: Target) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    with fake_target(clock) as server:
        server.iam.create_user(UserName="alice")
        server.iam.create_service_specific_credential(UserName="alice", ServiceName=BEDROCK, CredentialAgeDays=1)
        assert statuses(server, "alice") == ["Active"]
        clock.advance(timedelta(days=1))
        assert statuses(server, "alice") == ["Expired"]


@observed(
    "2026-03-05",
    "localstack/localstack#13891, AWS-validated test_iam_users; in 2025 and before there was no IsTruncated",
    "1.5:ListServiceSpecificCredentials",
    "1.5:List*",
    "C56",
)
@pytest.mark.parametrize("limit", [{}, {"MaxItems": 5}], ids=["no limit", "a limit"])
def test_a_list_that_is_whole_says_so(aws: Target, new_user: People, limit: dict[str, int]) -> None:
    answer = aws.iam.list_service_specific_credentials(UserName=new_user(), **limit)
    assert answer == {"ServiceSpecificCredentials": [], "IsTruncated": False}
