from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.modelled import with_whole_model
from conformance.people import People
from conformance.provenance import assumed, documented, observed
from conformance.roles import Roles
from conformance.signing import Key
from conformance.sources import CALLER_IDENTITY, GUIDE, LOCALSTACK, STS_API
from conformance.targets import Caller, Target

ARGMIN = ("2026-07", "justincormack/argmin, scripts/aws-sts-oracle: raw answers of live AWS STS")
LOCALSTACK_STS = ("undated", "localstack/localstack, AWS-validated test_sts")
ASSUME_ROLE = f"{STS_API}/API_AssumeRole.html"
TRUSTING = f"{GUIDE}/reference_policies_elements_principal.html"
EXTERNAL_ID = f"{GUIDE}/id_roles_common-scenarios_third-party.html"


def denied(caller: str, role: str, action: str = "sts:AssumeRole") -> AwsError:
    return AwsError("AccessDenied", f"User: {caller} is not authorized to perform: {action} on resource: {role}", 403)


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message, 400)


def refused(message: str) -> AwsError:
    return AwsError("ValidationError", message, 400)


def key_of(made: Any) -> Key:
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def trust(principal: Any, action: Any = "sts:AssumeRole", **others: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, **others}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Taker:
    """A user, and the role that trusts it by name."""

    def __init__(self, aws: Target, new_user: People, new_role: Roles) -> None:
        name = new_user()
        self._aws = aws
        self.arn: str = aws.iam.get_user(UserName=name)["User"]["Arn"]
        self.key = new_user.key(name)
        self.role_name = new_role(AssumeRolePolicyDocument=trust(self.arn, "sts:*"), MaxSessionDuration=7200)
        self.role: Any = aws.iam.get_role(RoleName=self.role_name)["Role"]
        self.sts = aws.signing_with(self.key).sts

    def take(self, **parameters: Any) -> Any:
        """The answer of AssumeRole; a new role may need some seconds on AWS."""
        asked = {"RoleArn": self.role["Arn"], "RoleSessionName": "ci-42", **parameters}
        return self._aws.wait_for(self.sts.assume_role, **asked)

    def session(self, **parameters: Any) -> Caller:
        """Clients that sign as a session of the role, which trusts its own sessions, too."""
        arn = self.role["Arn"]
        document = trust([self.arn, arn], "sts:*")
        self._aws.iam.update_assume_role_policy(RoleName=self.role_name, PolicyDocument=document)
        return self._aws.signing_with(key_of(self.take(**parameters)))

    def error(self, by: Caller | None = None, **parameters: Any) -> AwsError:
        """The error that AssumeRole ends in."""
        asked = {"RoleArn": self.role["Arn"], "RoleSessionName": "ci-42", **parameters}
        return self._aws.error((by.sts if by is not None else self.sts).assume_role, **asked)


@pytest.fixture
def taker(aws: Target, new_user: People, new_role: Roles) -> Taker:
    return Taker(aws, new_user, new_role)


@observed(*LOCALSTACK, "9:PackedPolicySize is absent without a policy", "9:GetCallerIdentity")
def test_a_session_of_a_role_has_credentials_and_a_name(aws: Target, taker: Taker) -> None:
    made = taker.take()
    assert sorted(made) == ["AssumedRoleUser", "Credentials"]
    arn = f"arn:aws:sts::{aws.account}:assumed-role/{taker.role_name}/ci-42"
    assert made["AssumedRoleUser"] == {"AssumedRoleId": f"{taker.role['RoleId']}:ci-42", "Arn": arn}
    assert aws.wait_for(aws.signing_with(key_of(made)).sts.get_caller_identity) == {
        "Account": aws.account,
        "Arn": arn,
        "UserId": f"{taker.role['RoleId']}:ci-42",
    }


@observed(*LOCALSTACK, "9:PackedPolicySize is absent without a policy")
def test_the_packed_size_is_shown_with_a_session_policy(taker: Taker) -> None:
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    assert taker.take(Policy=policy)["PackedPolicySize"] > 0


@observed(*ARGMIN, "sts-assume-denied", "3:AssumeRole never gives a reason", "8:An unknown role")
def test_an_unknown_role_is_refused_without_a_reason(taker: Taker) -> None:
    arn = f"{taker.role['Arn']}-unknown"
    assert taker.error(RoleArn=arn) == denied(taker.arn, arn)


@observed(*ARGMIN, "sts-assume-denied", "3:AssumeRole never gives a reason", "8:An unknown role")
def test_a_role_that_trusts_others_is_refused_without_a_reason(aws: Target, taker: Taker, new_role: Roles) -> None:
    role = aws.iam.get_role(RoleName=new_role())["Role"]["Arn"]
    assert taker.error(RoleArn=role) == denied(taker.arn, role)


@observed("2018 to 2026", "quotes of several users", "sts-assume-root")
def test_the_root_user_takes_on_no_role(aws: Target, taker: Taker) -> None:
    aws.need_root()
    root = AwsError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    assert aws.error(aws.sts.assume_role, RoleArn=taker.role["Arn"], RoleSessionName="ci-42") == root


@observed(*ARGMIN, "sts-duration-role")
def test_a_session_lasts_no_longer_than_the_role_lets_it(taker: Taker) -> None:
    taker.take(DurationSeconds=7200)
    assert taker.error(DurationSeconds=7201) == refused(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )


@observed(*ARGMIN, "sts-duration-chain")
def test_a_session_of_a_session_lasts_an_hour_at_the_most(taker: Taker) -> None:
    assert taker.error(taker.session(), DurationSeconds=3601) == refused(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )


@observed(*ARGMIN, "sts-source-identity")
def test_a_source_identity_stays(taker: Taker) -> None:
    assert taker.error(taker.session(SourceIdentity="alice"), SourceIdentity="bobby") == refused(
        "The source identity is already set for this assume role session"
    )


@observed(*LOCALSTACK_STS, "sts-transitive-key")
def test_a_transitive_key_comes_with_its_tag(taker: Taker) -> None:
    assert taker.error(Tags=[{"Key": "team", "Value": "red"}], TransitiveTagKeys=["env"]) == invalid(
        "The specified transitive tag key must be included in the requested tags."
    )


@observed(*LOCALSTACK_STS, "sts-dup-tags")
def test_a_tag_key_comes_once_in_any_letter_case(taker: Taker) -> None:
    twice = [{"Key": "team", "Value": "red"}, {"Key": "Team", "Value": "blue"}]
    assert taker.error(Tags=twice) == invalid(
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    )


@observed(*LOCALSTACK_STS, "sts-transitive-conflict")
def test_a_transitive_tag_cannot_be_set_again(taker: Taker) -> None:
    session = taker.session(Tags=[{"Key": "team", "Value": "red"}], TransitiveTagKeys=["team"])
    assert taker.error(session, Tags=[{"Key": "Team", "Value": "blue"}]) == invalid(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
        "from the calling session."
    )


@documented(EXTERNAL_ID)
def test_the_external_id_must_be_the_one_that_the_role_asks_for(aws: Target, taker: Taker) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "x1"}}
    document = trust(taker.arn, Condition=condition)
    aws.iam.update_assume_role_policy(RoleName=taker.role_name, PolicyDocument=document)
    taker.take(ExternalId="x1")
    assert taker.error(ExternalId="x2") == denied(taker.arn, taker.role["Arn"])
    assert taker.error() == denied(taker.arn, taker.role["Arn"])


@observed("2022 to 2026", "quotes of several users, for tags; assumed for the source identity")
def test_tags_and_a_source_identity_need_the_trust_policys_leave(aws: Target, taker: Taker) -> None:
    aws.iam.update_assume_role_policy(RoleName=taker.role_name, PolicyDocument=trust(taker.arn))
    taker.take()
    arn = taker.role["Arn"]
    assert taker.error(Tags=[{"Key": "team", "Value": "red"}]) == denied(taker.arn, arn, "sts:TagSession")
    assert taker.error(SourceIdentity="alice") == denied(taker.arn, arn, "sts:SetSourceIdentity")


@observed(
    *ARGMIN, "9:A role deleted and created again", "auth-session-of-deleted-role", "1:Deleting a role leaves no trace"
)
def test_a_role_made_again_under_its_name_ends_its_sessions(aws: Target, taker: Taker) -> None:
    session = aws.signing_with(key_of(taker.take()))
    aws.wait_for(session.sts.get_caller_identity)
    dead = AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
    aws.iam.delete_role(RoleName=taker.role_name)
    assert aws.settle(lambda: aws.error(session.sts.get_caller_identity), dead) == dead
    aws.wait_for(aws.iam.create_role, RoleName=taker.role_name, AssumeRolePolicyDocument=trust(taker.arn))
    assert aws.settle(lambda: aws.error(session.sts.get_caller_identity), dead) == dead


@documented(CALLER_IDENTITY, "9:GetSessionToken and GetFederationToken refuse session credentials")
@pytest.mark.parametrize(
    ("operation", "parameters"), [("get_session_token", {}), ("get_federation_token", {"Name": "bob"})]
)
def test_a_session_of_a_role_gets_no_further_token(taker: Taker, operation: str, parameters: dict[str, str]) -> None:
    name = "".join(word.capitalize() for word in operation.split("_"))
    assert getattr(taker.session().sts, operation).error(**parameters) == AwsError(
        "AccessDenied", f"Cannot call {name} with session credentials", 403
    )


MUST_NAME = refused("Must specify userName when calling with non-User credentials")
KEY = {"AccessKeyId": "AKIAQAAAAAAAAAAAAAAA"}
UNSEEN = assumed("recorded for DeleteAccessKey, ListAccessKeys and GetUser", "val-must-specify-username", "C21")


def with_all_of_iam(aws: Target, taker: Taker) -> Caller:
    """A session of the role, which may call all of IAM."""
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}'
    aws.iam.put_role_policy(RoleName=taker.role_name, PolicyName="own", PolicyDocument=policy)
    session = taker.session()
    aws.wait_for(session.iam.list_users, MaxItems=1)
    return session


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        pytest.param(
            "delete_access_key",
            KEY,
            marks=observed(*LOCALSTACK, "val-must-specify-username", "5:UserName omitted"),
            id="delete_access_key",
        ),
        pytest.param(
            "list_access_keys",
            {},
            marks=observed("undated", "aws/aws-sdk-java#1304", "val-must-specify-username", "C21"),
            id="list_access_keys",
        ),
        pytest.param(
            "get_user",
            {},
            marks=observed("undated", "RhinoSecurityLabs/pacu#27", "val-must-specify-username", "C23"),
            id="get_user",
        ),
        pytest.param("create_access_key", {}, marks=UNSEEN, id="create_access_key"),
        pytest.param("update_access_key", {**KEY, "Status": "Inactive"}, marks=UNSEEN, id="update_access_key"),
        pytest.param("get_login_profile", {}, marks=UNSEEN, id="get_login_profile"),
        pytest.param("list_mfa_devices", {}, marks=UNSEEN, id="list_mfa_devices"),
        pytest.param("list_signing_certificates", {}, marks=UNSEEN, id="list_signing_certificates"),
        pytest.param("list_ssh_public_keys", {}, marks=UNSEEN, id="list_ssh_public_keys"),
        pytest.param("list_service_specific_credentials", {}, marks=UNSEEN, id="list_service_specific_credentials"),
    ],
)
def test_a_session_of_a_role_has_no_user_of_its_own(
    aws: Target, taker: Taker, operation: str, parameters: dict[str, str]
) -> None:
    assert aws.error(getattr(with_all_of_iam(aws, taker).iam, operation), **parameters) == MUST_NAME


@observed("undated", "aws/aws-sdk-java#1304", "C21")
def test_a_session_of_a_role_names_the_user_whose_keys_it_lists(aws: Target, taker: Taker, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    (listed,) = with_all_of_iam(aws, taker).iam.list_access_keys(UserName=alice)["AccessKeyMetadata"]
    assert (listed["UserName"], listed["AccessKeyId"]) == (alice, key.id)


@assumed("quoted by users; how AWS packs policies is not known")
def test_session_policies_have_a_limit(taker: Taker) -> None:
    statement = {"Effect": "Allow", "Action": f"s3:{'x' * 2100}", "Resource": "*"}
    long = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    answer = taker.error(Policy=long)
    assert (answer.code, answer.status) == ("PackedPolicyTooLarge", 400)


@with_whole_model
@assumed("AWS's text is not known")
def test_a_context_assertion_that_nobody_made_is_refused(taker: Taker) -> None:
    context = {"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "assertion"}
    answer = taker.error(ProvidedContexts=[context])
    assert (answer.code, answer.status) == ("InvalidContextAssertion", 400)
