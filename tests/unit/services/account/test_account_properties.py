"""The rules of account properties, and what controls do with them."""

from __future__ import annotations

import json

import pytest

from conformance.modelled import needs
from fake_iam.control.documents.problems import FormatError
from tests.support import AwsError, Key, Wire

pytestmark = needs("PutAccountProperties")
OTHER = Key("210987654321", "any")
ENABLED = "RoleManager/Enabled"


def put(wire: Wire, by: Key | None = None, **properties: str) -> object:
    """Set properties; two underscores in a name stand for a slash."""
    form = {}
    for number, (key, value) in enumerate(properties.items(), start=1):
        form[f"Properties.entry.{number}.key"] = key.replace("__", "/")
        form[f"Properties.entry.{number}.value"] = value
    return wire.call("PutAccountProperties", by, **form)


def got(wire: Wire, by: Key | None = None) -> dict[str, str]:
    found = wire.call("GetAccountProperties", by)["Properties"]
    entries = found["entry"] if found else []
    return {entry["key"]: entry["value"] for entry in (entries if isinstance(entries, list) else [entries])}


def refused(code: str, said: str) -> AwsError:
    return AwsError(code, said, 400)


def test_an_account_begins_without_properties(wire: Wire) -> None:
    assert wire.call("GetAccountProperties") == {"Properties": None}


def test_a_property_is_set_and_set_again(wire: Wire) -> None:
    assert put(wire, RoleManager__Enabled="true") is None
    assert got(wire) == {ENABLED: "true"}
    put(wire, RoleManager__Enabled="false")
    assert (got(wire), got(wire, OTHER)) == ({ENABLED: "false"}, {})


@pytest.mark.parametrize("key", ["RoleManager", "RoleManager/", "Role/Manager/Enabled"])
def test_a_key_has_a_namespace_and_a_name(wire: Wire, key: str) -> None:
    said = f"Invalid property key: {key}. A key must have the format Namespace/PropertyName."
    assert put(wire, **{key: "true"}) == refused("InvalidInput", said)


def test_properties_are_of_one_namespace(wire: Wire) -> None:
    said = "All properties in a request must belong to the same namespace."
    assert put(wire, RoleManager__Enabled="true", Other__Enabled="true") == refused("InvalidInput", said)
    assert got(wire) == {}


def test_an_unknown_property_is_refused_and_nothing_is_set(wire: Wire) -> None:
    answer = put(wire, RoleManager__Enabled="true", RoleManager__Speed="true")
    assert answer == refused("InvalidInput", "Unknown property: RoleManager/Speed.")
    assert got(wire) == {}


@pytest.mark.parametrize("value", ["True", "yes", "0"])
def test_a_value_is_of_the_propertys_type(wire: Wire, value: str) -> None:
    said = f"Invalid value for property {ENABLED}: {value}. Valid values are true and false."
    assert put(wire, RoleManager__Enabled=value) == refused("InvalidInput", said)


def test_properties_are_needed(wire: Wire) -> None:
    said = "Value at 'properties' failed to satisfy constraint: Member must not be null"
    assert put(wire) == refused("ValidationError", f"1 validation error detected: {said}")


def test_no_properties_change_nothing(wire: Wire) -> None:
    assert wire.call("PutAccountProperties", Properties="") is None
    assert got(wire) == {}


def test_keys_and_values_are_held_to_the_model(wire: Wire) -> None:
    keys = (
        "Value at 'properties' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length less than or equal to 50, Member must have length greater than or equal to 1, "
        "Member must satisfy regular expression pattern: ^[A-Za-z][A-Za-z0-9/_-]*$]"
    )
    values = (
        "Value at 'properties' failed to satisfy constraint: Map value must satisfy constraint: "
        "[Member must have length less than or equal to 1024, Member must have length greater than or equal to 1]"
    )
    assert put(wire, **{"/x": "true"}) == refused("ValidationError", f"1 validation error detected: {keys}")
    assert put(wire, RoleManager__Enabled="") == refused("ValidationError", f"1 validation error detected: {values}")
    assert put(wire, **{"/x": ""}) == refused("ValidationError", f"2 validation errors detected: {keys}; {values}")
    alone = wire.call("PutAccountProperties", **{"Properties.entry.1.key": ENABLED})
    assert alone == refused("ValidationError", f"1 validation error detected: {values}")
    alone = wire.call("PutAccountProperties", **{"Properties.entry.1.value": "true"})
    assert alone == refused("ValidationError", f"1 validation error detected: {keys}")


def test_a_seed_states_them_and_a_dump_brings_them_back(wire: Wire) -> None:
    wire.assembled.controls.seed({"account_properties": {ENABLED: "true"}})
    other = Wire()
    other.assembled.controls.load(json.loads(json.dumps(wire.assembled.controls.dump())))
    assert got(other) == {ENABLED: "true"}


def test_a_seed_states_no_others(wire: Wire) -> None:
    with pytest.raises(FormatError) as raised:
        wire.assembled.controls.seed({"account_properties": {"RoleManager/Speed": "true"}})
    assert str(raised.value) == "account_properties.RoleManager/Speed: Unknown property: RoleManager/Speed."
