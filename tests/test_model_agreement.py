"""What the code says twice agrees with botocore's model: signatures, results, errors, worded members."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from datetime import datetime, timezone
from importlib import import_module
from types import FunctionType
from typing import Any, cast, get_type_hints

import pytest

from conformance.modelled import with_whole_model
from fake_iam.assembly import assemble
from fake_iam.domain import errors
from fake_iam.domain.errors import ServiceError
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.engine import Engine
from fake_iam.pipeline.implemented import Implemented
from fake_iam.pipeline.statuses import STATUSES
from fake_iam.protocol.constraints import NOT_NULL_MEMBERS
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.protocol.names import camel, snake
from fake_iam.protocol.plans import argument_names, plan_for
from fake_iam.protocol.wire import WireRequest
from fake_iam.protocol.wording import SENTENCES, WORDINGS
from fake_iam.served import implemented_services, implemented_targets
from fake_iam.services import registry
from fake_iam.services.context import Context
from fake_iam.services.iam import IAM
from fake_iam.services.registry import Operation, Operations, Service
from fake_iam.services.resourcegroupstaggingapi import TAGGING
from fake_iam.services.sts import STS
from fake_iam.settings import Settings
from tests.snippets import ROOT

SERVICES: list[tuple[Service, ServiceModel]] = [
    (service, load_service(service.name)) for service in (IAM, STS, TAGGING)
]
OPERATIONS = [
    pytest.param(model, service.operations[name], id=f"{service.name}:{name}")
    for service, model in SERVICES
    for name in Implemented(model, service).operations
]
EVERY = pytest.mark.parametrize(("model", "operation"), OPERATIONS)
FIELDS = {"IsTruncated", "Marker"}


def input_members(model: ServiceModel, operation: str) -> dict[str, bool]:
    shape = model.operations[operation].input
    return {member.name: member.required for member in model.shapes[shape].members} if shape else {}


def test_there_are_operations_to_look_at() -> None:
    assert {"UpdateAccessKey", "CreateUser"} <= set(IAM.operations)
    assert {"GetCallerIdentity"} <= set(STS.operations)


@with_whole_model
def test_an_operation_is_in_the_model() -> None:
    lacking = [name for service, model in SERVICES for name in service.operations if name not in model.operations]
    assert lacking == []


def test_the_oldest_botocore_that_is_tested_is_the_oldest_that_is_allowed() -> None:
    setup, tox = ConfigParser(), ConfigParser()
    setup.read(ROOT / "setup.cfg")
    tox.read(ROOT / "tox.ini")
    (allowed,) = re.findall(r"^boto3>=(\S+)$", setup["options"]["install_requires"], re.MULTILINE)
    oldest = f"{allowed}.0"
    assert tox["testenv:oldest"]["deps"].split() == [f"boto3=={oldest}", f"botocore=={oldest}"]


def test_what_takes_no_signature_is_told_whatever_the_model_says() -> None:
    operations = load_service("sts").operations.values()
    unsigned = {operation.name for operation in operations if operation.unsigned}
    assert unsigned == {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}


def test_an_operation_that_the_model_lacks_is_left_out() -> None:
    service = Service("iam")
    service.operation("GetUser")(lambda ctx, *, user_name=None: None)
    service.operation("GetCup")(lambda ctx: None)
    implemented = Implemented(load_service("iam"), service)
    assert implemented.operations == ["GetUser"]
    assert implemented.operation("GetCup") is None


@with_whole_model
@EVERY
def test_a_functions_parameters_are_the_models_members_and_as_required(
    model: ServiceModel, operation: Operation
) -> None:
    expected = {snake(name): required for name, required in input_members(model, operation.name).items()}
    assert dict(operation.parameters) == expected


@EVERY
def test_a_function_is_called_as_its_operation(model: ServiceModel, operation: Operation) -> None:
    assert operation.function.__name__ == snake(operation.name)


@EVERY
def test_a_function_takes_its_context_first_and_the_rest_by_name(model: ServiceModel, operation: Operation) -> None:
    first, *others = inspect.signature(operation.function).parameters.values()
    assert (first.name, first.kind) == ("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    assert {parameter.kind for parameter in others} <= {inspect.Parameter.KEYWORD_ONLY}


@EVERY
def test_a_function_answers_nothing_if_and_only_if_the_model_has_no_output(
    model: ServiceModel, operation: Operation
) -> None:
    returns = operation.function.__annotations__["return"]
    if returns != "NoReturn":
        assert (returns == "None") == (model.operations[operation.name].output is None)


Scope = dict[str, Any]


class Unknown(Exception):
    """A result whose keys cannot be read off the source."""


def parsed(function: Callable[..., Any]) -> ast.FunctionDef:
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def returned(function: Callable[..., Any]) -> list[ast.expr]:
    return [node.value for node in own_nodes(parsed(function)) if isinstance(node, ast.Return) and node.value]


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a function but those of the functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef):
            yield child
            yield from own_nodes(child)


def called(call: ast.Call, scope: Scope) -> FunctionType | None:
    """The function of a service that the expression calls, or None if it calls something else."""
    match call.func:
        case ast.Name(id=name):
            found = scope.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            found = getattr(scope.get(module), name, None)
        case _:
            return None
    return found if isinstance(found, FunctionType) and found.__module__.startswith("fake_iam.services") else None


def keys(value: ast.expr, model: ServiceModel, shape_name: str, at: str, scope: Scope) -> Iterator[str]:
    """Every key that an expression for a value of the shape gives, as a path; fails for one the shape lacks.

    ``scope`` are the names that the expression sees.
    """
    shape = model.shapes[shape_name]
    members = {member.name: member.shape for member in shape.members}
    match value:
        case ast.Dict():
            for key, item in zip(value.keys, value.values, strict=True):
                if key is None:
                    yield from keys(item, model, shape_name, at, scope)
                else:
                    name = ast.literal_eval(key)
                    assert name in members, f"{at} has no member {name}"
                    yield f"{at}.{name}"
                    yield from keys(item, model, members[name], f"{at}.{name}", scope)
        case ast.List(elts=items):
            assert shape.item is not None, at
            for item in items:
                yield from keys(item, model, shape.item, at, scope)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="json"), attr="loads")):
            yield at  # a structure that is kept as it came in a request, where the same shape checked it
        case ast.Call(func=ast.Name(id="list")):
            assert shape.item is not None and not model.shapes[shape.item].members, at
        case ast.ListComp():
            assert shape.item is not None, at
            yield from keys(value.elt, model, shape.item, at, scope)
        case ast.BoolOp() | ast.IfExp():
            for part in value.values if isinstance(value, ast.BoolOp) else (value.body, value.orelse):
                yield from keys(part, model, shape_name, at, scope)
        case ast.Call(func=ast.Attribute(attr="without_lock"), args=[ast.Lambda(body=body)]):
            yield from keys(body, model, shape_name, at, scope)
        case ast.Call(func=ast.Attribute(attr="fields")):
            assert set(members) >= FIELDS, at
            yield from (f"{at}.{name}" for name in sorted(FIELDS))
        case ast.Call() if (view := called(value, scope)) is not None:
            for inner in returned(view):
                yield from keys(inner, model, shape_name, at, view.__globals__)
        case _ if shape.type in ("structure", "list") and not isinstance(value, ast.Constant):
            raise Unknown(f"{at}: {ast.unparse(value)}")


def result_keys(model: ServiceModel, operation: Operation) -> list[str]:
    output = model.operations[operation.name].output
    if output is None:
        return []
    scope = cast(FunctionType, operation.function).__globals__
    return [key for value in returned(operation.function) for key in keys(value, model, output, operation.name, scope)]


ANSWERING = [
    pytest.param(*parameter.values, id=str(parameter.id))
    for parameter in OPERATIONS
    if parameter.values[0].operations[parameter.values[1].name].output  # type: ignore[union-attr]
    and parameter.values[1].function.__annotations__["return"] != "NoReturn"  # type: ignore[union-attr]
]


@with_whole_model
@pytest.mark.parametrize(("model", "operation"), ANSWERING)
def test_a_results_keys_are_members_of_the_output_at_every_depth(model: ServiceModel, operation: Operation) -> None:
    output = model.operations[operation.name].output
    assert output is not None
    assert bool(result_keys(model, operation)) is bool(model.shapes[output].members)


def test_results_are_followed_into_views_and_lists() -> None:
    """The reader of sources reads: these are seen through two calls, a comprehension and a double star."""
    model = load_service("iam")
    assert "CreateUser.User.Tags.Key" in result_keys(model, IAM.operations["CreateUser"])
    assert "CreateUser.User.PermissionsBoundary.PermissionsBoundaryArn" in result_keys(
        model, IAM.operations["CreateUser"]
    )
    assert "ListAccessKeys.AccessKeyMetadata.UserName" in result_keys(model, IAM.operations["ListAccessKeys"])
    assert "ListGroupsForUser.Groups" in result_keys(model, IAM.operations["ListGroupsForUser"])


def test_a_key_that_the_output_lacks_would_be_noticed() -> None:
    model = load_service("iam")
    wrong = ast.parse('{"User": {"Name": "x"}}', mode="eval").body
    with pytest.raises(AssertionError, match="GetUser.User has no member Name"):
        list(keys(wrong, model, "GetUserResponse", "GetUser", {}))
    opaque = ast.parse('{"User": whatever()}', mode="eval").body
    with pytest.raises(Unknown, match=r"GetUser.User: whatever\(\)"):
        list(keys(opaque, model, "GetUserResponse", "GetUser", {}))


def error_classes(of: type[ServiceError] = ServiceError) -> Iterator[type[ServiceError]]:
    for kind in of.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
            yield from error_classes(kind)


def factories() -> Iterator[tuple[type[ServiceError], str]]:
    """Every class of domain/errors.py with every factory it has."""
    for kind in error_classes():
        for name, member in inspect.getmembers(kind, inspect.ismethod):
            if not name.startswith("_") and name not in dir(Exception):
                yield kind, member.__name__


def made(kind: type[ServiceError], factory: str) -> ServiceError:
    method = getattr(kind, factory)
    error: ServiceError = method(*["x"] * len(inspect.signature(method).parameters))
    return error


@pytest.fixture(scope="module")
def engine() -> Engine:
    return assemble(Settings()).engine


def call(model: ServiceModel | None) -> Call:
    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    call = Call(WireRequest.of("POST", "/", "", []), "id", at)
    call.service = model
    return call


FACTORIES = sorted({(kind, name) for kind, name in factories()}, key=lambda pair: (pair[0].__name__, pair[1]))
MODELLED = [
    pytest.param(model, kind, name, id=f"{service.name} {kind.__name__}.{name}")
    for service, model in SERVICES
    for kind, name in FACTORIES
    if kind.code in model.error_status
]


def test_there_are_factories_to_look_at() -> None:
    assert {(kind.__name__, name) for kind, name in FACTORIES} >= {
        ("LimitExceeded", "quota"),
        ("ServiceFailure", "unknown"),
        ("SignatureDoesNotMatch", "mismatch"),
    }
    assert len(MODELLED) > 2


@pytest.mark.parametrize(("kind", "factory"), FACTORIES, ids=lambda value: getattr(value, "__name__", value))
def test_a_factory_makes_an_error_of_its_own_class_with_a_text(kind: type[ServiceError], factory: str) -> None:
    error = made(kind, factory)
    assert type(error) is kind
    assert error.code == kind.code
    assert error.message
    assert str(error) == error.message


@pytest.mark.parametrize(("model", "kind", "factory"), MODELLED)
def test_an_error_that_is_modelled_has_the_models_status(
    engine: Engine, model: ServiceModel, kind: type[ServiceError], factory: str
) -> None:
    assert engine._status(model, made(kind, factory)) == model.error_status[kind.code]


@with_whole_model
@pytest.mark.parametrize("kind", list(error_classes()), ids=lambda kind: kind.__name__)
def test_an_error_that_is_not_modelled_stands_in_the_table(kind: type[ServiceError]) -> None:
    modelled = any(kind.code in model.error_status for _, model in SERVICES)
    assert modelled or kind.code in STATUSES


@pytest.mark.parametrize("code", sorted(STATUSES))
def test_the_table_of_statuses_contradicts_no_model(code: str) -> None:
    assert {model.error_status.get(code, STATUSES[code]) for _, model in SERVICES} == {STATUSES[code]}


# Codes that AWS was recorded to answer although the operation's model does not list them.
RECORDED_BESIDE_THE_MODEL = {"ListServiceSpecificCredentials": {"InvalidInput"}}


def raised(operation: Operation) -> set[str]:
    """The codes that an operation's own body raises, by factories of classes and by functions beside a noun."""
    found = set()
    for node in ast.walk(parsed(operation.function)):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        made_by = node.exc.func
        if isinstance(made_by, ast.Attribute) and isinstance(made_by.value, ast.Name):
            found.add(getattr(errors, made_by.value.id).code)
        elif isinstance(made_by, ast.Name):
            wording = operation.function.__globals__[made_by.id]
            kind = wording if isinstance(wording, type) else get_type_hints(wording)["return"]
            found.add(kind.code)
    return found


@with_whole_model
@EVERY
def test_an_operation_raises_what_its_model_declares_or_what_any_may(model: ServiceModel, operation: Operation) -> None:
    declared = {*model.operations[operation.name].errors, *RECORDED_BESIDE_THE_MODEL.get(operation.name, ())}
    assert raised(operation) - declared <= set(STATUSES)


def test_raised_errors_are_found_in_the_source() -> None:
    assert raised(IAM.operations["CreateAccessKey"]) == {"LimitExceeded"}
    assert raised(IAM.operations["CreateUser"]) == {"EntityAlreadyExists", "LimitExceeded"}


@pytest.mark.parametrize("member", sorted(SENTENCES))
def test_a_member_with_a_sentence_of_its_own_is_in_the_model_and_has_a_pattern(member: str) -> None:
    model = load_service("iam")
    shapes = {
        model.shapes[found.shape]
        for operation in model.operations.values()
        if operation.input
        for found in model.shapes[operation.input].members
        if camel(found.name) == member
    }
    assert shapes
    assert [shape.name for shape in shapes if shape.type == "string" and shape.pattern]


def test_every_service_has_a_wording() -> None:
    assert set(WORDINGS) == {service.name for service, _ in SERVICES}


def test_shapes_named_in_the_code_are_in_the_model() -> None:
    assert set(load_service("iam").shapes) >= NOT_NULL_MEMBERS


def test_an_operation_without_an_input_takes_nothing_and_refuses_nothing() -> None:
    plan = plan_for(load_service("iam"), "GetAccountSummary")
    assert load_service("iam").operations["GetAccountSummary"].input is None
    assert argument_names(load_service("iam"), "GetAccountSummary") == {}
    values = plan.parse({"UserName": ""})
    plan.validate(values)
    assert plan.arguments(values, ()) == {}


def test_a_service_that_botocore_lacks_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="^the installed botocore has no model of no-such-service$"):
        _ = load_service("no-such-service").version


def test_an_operation_is_registered_once() -> None:
    service = Service("iam")

    @service.operation("GetUser")
    def get_user(ctx: Context, *, user_name: str | None = None) -> None:
        """Do nothing."""

    assert service.operations["GetUser"].parameters == {"user_name": False}
    with pytest.raises(ValueError, match="^iam:GetUser is registered twice$"):
        service.operation("GetUser")(get_user)


def test_an_operation_is_declared_in_its_module_and_every_module_beside_it_is_declared() -> None:
    for service, _ in SERVICES:
        package = import_module(f"fake_iam.services.{service.name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
        found = {name: operation.function.__module__ for name, operation in service.operations._loaded.items()}
        assert found == service.operations._modules


def test_every_function_requires_what_the_model_does() -> None:
    for implemented in (*implemented_services().values(), *implemented_targets()):
        for name in implemented.operations:
            assert implemented.operation(name) is not None


def test_an_operation_is_handed_out_when_the_whole_of_its_module_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = Operations({"GetUser": "its.module"})
    operations["GetUser"] = half_loaded = IAM.operations["GetUser"]
    imported: list[str] = []
    monkeypatch.setattr(registry, "import_module", imported.append)
    assert operations["GetUser"] is operations["GetUser"] is half_loaded
    assert imported == ["its.module"]


def deletion(function: Callable[..., None]) -> Operation | None:
    """DeleteUser, which requires UserName, as a function of any parameters does it."""
    service = Service("iam")
    service.operation("DeleteUser")(function)
    return Implemented(load_service("iam"), service).operation("DeleteUser")


def test_a_function_that_does_not_know_what_the_model_requires_is_not_called() -> None:
    with pytest.raises(TypeError, match=r"^iam:DeleteUser requires \[\], the model says \['user_name'\]$"):
        deletion(lambda ctx: None)


def test_a_function_that_requires_what_the_model_does_not_is_not_called() -> None:
    with pytest.raises(TypeError, match=r"requires \['force', 'user_name'\], the model says \['user_name'\]$"):
        deletion(lambda ctx, *, user_name, force: None)


def test_a_function_may_know_as_optional_what_an_older_model_requires() -> None:
    assert deletion(lambda ctx, *, user_name=None: None) is not None


def test_no_two_members_of_an_input_share_a_python_name() -> None:
    for _, model in SERVICES:
        for name in model.operations:
            members = input_members(model, name)
            assert len({snake(member) for member in members}) == len(members), name


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("UserName", "user_name"),
        ("SSHPublicKeyId", "ssh_public_key_id"),
        ("ClientIDList", "client_id_list"),
        ("MinimumSessionTokenSize", "minimum_session_token_size"),
    ],
)
def test_names_are_spelt_as_python_spells_them(name: str, python: str) -> None:
    assert snake(name) == python
