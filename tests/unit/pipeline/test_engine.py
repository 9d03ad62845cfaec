"""The engine: the order of its steps, the statuses of errors, and what it does about a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import NoReturn

import pytest

from conformance.modelled import with_whole_model
from fake_iam import ManualClock
from fake_iam.assembly import assemble
from fake_iam.domain import errors
from fake_iam.domain.errors import ServiceError
from fake_iam.domain.identities.users import no_such_user
from fake_iam.pipeline import forms
from fake_iam.pipeline.call import Answered, Call
from fake_iam.pipeline.engine import STATUSES, Engine
from fake_iam.pipeline.order import STEPS
from fake_iam.pipeline.steps import authentication, authorization, execution, reading
from fake_iam.protocol import signing
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.protocol.plans import plan_for
from fake_iam.protocol.wire import WireRequest
from fake_iam.services.context import Caller
from fake_iam.services.iam import IAM
from fake_iam.settings import Settings
from tests.support import HOST, INVALID_TOKEN, AwsError, Key, Wire, form_request, read, whole, with_header

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
IAM_MODEL = load_service("iam")
STS_MODEL = load_service("sts")
MODELS = pytest.mark.parametrize("model", [IAM_MODEL, STS_MODEL, None], ids=["iam", "sts", "before any"])


@pytest.fixture
def engine() -> Engine:
    return assemble(Settings(random_seed=7), ManualClock()).engine


def call(model: ServiceModel | None = None, operation: str | None = None) -> Call:
    plan = plan_for(model, operation) if model and operation else None
    call = Call(WireRequest.of("POST", "/", "", []), "id", AT)
    call.service, call.plan = model, plan
    return call


def subclasses(of: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for kind in of.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
            yield from subclasses(kind)


def test_the_order_of_the_steps_is_awss() -> None:
    assert (
        reading.parse,
        reading.resolve,
        authentication.authenticate,
        authorization.authorize,
        execution.validate,
        execution.execute,
    ) == STEPS


def test_the_steps_of_the_controls_stand_where_the_caller_is_known_and_behind_the_operation() -> None:
    assembled = assemble(Settings())
    assert assembled.engine.steps == STEPS
    assert assembled.controls.faults.rules() == []
    assert assembled.engine.steps[:2] == STEPS[:2]
    names = [getattr(step, "__qualname__", "") for step in assembled.engine.steps[2:]]
    assert names[:4] == ["Faults.unauthenticated", "authenticate", "Faults.before", "authorize"]
    assert names[4:] == ["validate", "Propagation.execute", "Faults.after"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDenied", 403),
        ("AccessDeniedException", 400),
        ("AccountNotManagementOrDelegatedAdministratorException", 400),
        ("CallerIsNotManagementAccountException", 400),
        ("ExpiredToken", 403),
        ("IncompleteSignature", 400),
        ("InternalFailure", 500),
        ("InvalidAction", 400),
        ("InvalidClientTokenId", 403),
        ("InvalidParameterValue", 400),
        ("MalformedInput", 400),
        ("MalformedQueryString", 400),
        ("MissingAuthenticationToken", 403),
        ("NotAuthorized", 400),
        ("NotImplemented", 501),
        ("OptInRequired", 403),
        ("OrganizationNotFoundException", 400),
        ("OrganizationNotInAllFeaturesModeException", 400),
        ("RequestExpired", 400),
        ("ServiceAccessNotEnabledException", 400),
        ("ServiceFailure", 500),
        ("ServiceUnavailable", 503),
        ("SignatureDoesNotMatch", 403),
        ("Throttling", 400),
        ("ThrottlingException", 400),
        ("ValidationError", 400),
    ],
)
@MODELS
def test_a_code_that_no_model_has_is_answered_as_the_facts_say(
    engine: Engine, model: ServiceModel | None, code: str, status: int
) -> None:
    assert engine._status(model, Refusal(code)) == status


def test_the_table_of_statuses_has_no_code_that_is_not_tested() -> None:
    tested = test_a_code_that_no_model_has_is_answered_as_the_facts_say.pytestmark  # type: ignore[attr-defined]
    (codes,) = (mark.args[1] for mark in tested if mark.args[0] == ("code", "status"))
    assert sorted(STATUSES) == sorted(code for code, _ in codes)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("NoSuchEntity", 404),
        ("EntityAlreadyExists", 409),
        ("LimitExceeded", 409),
        ("DeleteConflict", 409),
        ("InvalidInput", 400),
        ("ServiceFailure", 500),
    ],
)
def test_a_code_that_the_model_has_is_answered_as_the_model_says(engine: Engine, code: str, status: int) -> None:
    assert engine._status(IAM_MODEL, Refusal(code)) == status


def test_the_status_of_a_refusal_is_its_own_if_it_has_one(engine: Engine) -> None:
    assert engine._status(IAM_MODEL, Refusal("NoSuchEntity", status=418)) == 418


@with_whole_model
@pytest.mark.parametrize("kind", list(subclasses(ServiceError)), ids=lambda kind: kind.__name__)
def test_every_error_of_the_domain_has_a_status(engine: Engine, kind: type[ServiceError]) -> None:
    found = {
        engine._status(model, kind("x")) for model in (IAM_MODEL, STS_MODEL, load_service("resourcegroupstaggingapi"))
    } - {None}
    assert found
    assert found <= {400, 403, 404, 409, 410, 500, 501, 503}


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        (no_such_user("x"), b"Sender", 404),
        (errors.NotImplementedHere.operation("iam", "X"), b"Sender", 501),
        (errors.ServiceFailure.unknown(), b"Receiver", 500),
        (errors.InternalFailure.unknown(), b"Receiver", 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_a_fault_of_the_service_is_of_the_type_receiver(
    engine: Engine, error: ServiceError, kind: bytes, status: int
) -> None:
    response = engine._error(call(IAM_MODEL), error)
    assert response.status == status
    assert b"<Type>" + kind + b"</Type>" in response.body


@pytest.mark.parametrize(
    ("model", "operation", "code"),
    [
        (IAM_MODEL, "UpdateAccessKey", "ServiceFailure"),
        (IAM_MODEL, "GetUser", "ServiceFailure"),
        (IAM_MODEL, "GetAccessKeyLastUsed", "InternalFailure"),
        (STS_MODEL, "GetCallerIdentity", "InternalFailure"),
        (IAM_MODEL, None, "InternalFailure"),
        (None, None, "InternalFailure"),
    ],
)
def test_a_fault_of_ours_has_the_code_that_the_operations_model_has(
    engine: Engine, model: ServiceModel | None, operation: str | None, code: str
) -> None:
    fault = engine._fault(call(model, operation))
    assert (fault.code, fault.message) == (
        code,
        "The request processing has failed because of an unknown error, exception or failure.",
    )


@pytest.mark.parametrize(
    "kind", [ZeroDivisionError, KeyError, UnicodeEncodeError, RecursionError, MemoryError, AssertionError]
)
def test_no_exception_leaves_the_engine(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise kind("utf-8", "x", 0, 1, "x") if kind is UnicodeEncodeError else kind()

    monkeypatch.setitem(IAM.operations, "ListUsers", IAM.operations["ListUsers"]._replace(function=fail))
    assert read(engine.handle(form_request("ListUsers"))).status == 500
    assert len(caplog.records) == 1


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_process_is_not_held_up(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]
) -> None:
    def end(*_: object, **__: object) -> NoReturn:
        raise kind

    monkeypatch.setitem(IAM.operations, "ListUsers", IAM.operations["ListUsers"]._replace(function=end))
    with pytest.raises(kind):
        engine.handle(form_request("ListUsers"))


def test_a_step_may_have_the_whole_answer() -> None:
    assert whole(Answered(418).response) == (418, [], b"", False)
    assert whole(Answered(404, [("A", "b")], b"c").response) == (404, [("A", "b")], b"c", False)


def test_the_clock_is_read_once_for_a_request(wire: Wire) -> None:
    class Counting(ManualClock):
        asked = 0

        def now(self) -> datetime:
            self.asked += 1
            return super().now()

    clock = Counting()
    counted = Wire(clock)
    before = clock.asked
    counted.call("CreateUser", UserName="alice")
    assert clock.asked == before + 1


def test_a_context_is_the_callers_own(engine: Engine) -> None:
    caller = Caller.root("210987654321", partition="aws-cn")
    context = engine.context(caller, AT)
    assert (context.account.id, context.caller, context.now) == ("210987654321", caller, AT)
    assert context.partition == "aws-cn"
    assert context.world.started_at == ManualClock().now()


def test_a_key_that_signs_is_noted_with_date_service_and_region(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("GetCallerIdentity", key, region="eu-west-1")
    used = wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "eu-west-1")
    wire.call("GetUser", key, region="eu-west-1")
    used = wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("iam", "us-east-1")


def test_a_region_that_is_none_is_not_noted(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("GetCallerIdentity", key, region="nowhere")
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["Region"] == "us-east-1"


def test_a_call_that_fails_still_notes_the_use_of_its_key(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    assert isinstance(wire.call("GetUser", key, UserName="nobody"), AwsError)
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["ServiceName"] == "iam"


def test_a_call_that_is_refused_notes_nothing(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    assert isinstance(wire.call("GetUser", Key(key.id, "not the secret")), AwsError)
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["ServiceName"] == "N/A"


@pytest.mark.parametrize("secret", ["right", "wrong"])
def test_in_the_mode_off_a_known_key_says_who_calls_whatever_its_state(secret: str) -> None:
    wire = Wire(auth="off")
    wire.user("alice")
    key = wire.key("alice")
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=key.id, Status="Inactive")
    caller = wire.call("GetCallerIdentity", Key(key.id, key.secret if secret == "right" else "x"))
    assert caller["Arn"] == "arn:aws:iam::123456789012:user/alice"


@pytest.mark.parametrize("auth", ["off", "issued", "strict"])
def test_the_use_of_a_key_is_noted_in_every_mode(auth: str) -> None:
    root = Key("AKIAQROOTROOTROOTROO", "secret")
    wire = Wire(auth=auth, root_access_key_id=root.id, root_secret_access_key=root.secret)
    wire.call("CreateUser", root, UserName="alice")
    made = wire.call("CreateAccessKey", root, UserName="alice")["AccessKey"]
    wire.call("GetCallerIdentity", Key(made["AccessKeyId"], made["SecretAccessKey"]), region="eu-west-1")
    used = wire.call("GetAccessKeyLastUsed", root, AccessKeyId=made["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "eu-west-1")


def test_in_the_mode_off_a_deleted_key_and_a_deleted_user_are_the_root() -> None:
    wire = Wire(auth="off")
    wire.user("alice")
    key = wire.key("alice")
    session = wire.call("GetSessionToken", key)["Credentials"]
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    root = "arn:aws:iam::123456789012:root"
    assert wire.call("GetCallerIdentity", key)["Arn"] == root
    wire.call("DeleteUser", UserName="alice")
    temporary = Key(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    assert wire.call("GetCallerIdentity", temporary)["Arn"] == root


def test_in_the_mode_issued_a_deleted_key_is_refused(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    assert wire.call("GetCallerIdentity", key) == AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)


def test_a_plan_is_compiled_when_its_operation_is_first_called_and_only_then(wire: Wire) -> None:
    plan_for.cache_clear()
    assemble(Settings())
    assert plan_for.cache_info().misses == 0
    for _ in range(3):
        wire.call("ListUsers")
    assert (plan_for.cache_info().misses, plan_for.cache_info().hits) == (1, 2)


def test_a_body_is_read_once_and_a_signer_worked_out_once(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.user("alice")
    key = wire.key("alice")
    bodies: list[str] = []
    read_pairs = forms.read_pairs
    monkeypatch.setattr(forms, "read_pairs", lambda text: bodies.append(text) or read_pairs(text))
    signing._signer.cache_clear()
    for _ in range(3):
        assert wire.send(form_request("GetUser", key)).status == 200
    assert bodies == ["", "Action=GetUser&Version=2010-05-08"] * 3
    assert (signing._signer.cache_info().misses, signing._signer.cache_info().hits) == (1, 2)


def test_in_the_mode_issued_a_known_key_must_sign(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    unsigned = with_header(form_request("GetUser"), "Authorization", f"AWS4-HMAC-SHA256 Credential={key.id}/x")
    assert read(wire.send(unsigned)) == AwsError(
        "IncompleteSignature",
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' "
        "parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        f"Authorization=AWS4-HMAC-SHA256 Credential={key.id}/x",
        400,
    )


def test_a_path_of_the_control_plane_does_not_reach_the_engine(wire: Wire) -> None:
    response = wire.send(WireRequest.of("GET", "/_fake_iam/health", "", [("Host", HOST)]))
    assert (response.status, dict(response.headers)["Content-Type"]) == (200, "application/json")


def test_an_operation_that_botocore_is_too_old_for_is_not_performed(engine: Engine) -> None:
    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    with engine.store.transaction(), pytest.raises(errors.InvalidAction) as raised:
        engine.perform("123456789012", "iam", "GetCup", {}, at, partition="aws")
    assert raised.value.message == "Could not find operation GetCup for version 2010-05-08"
