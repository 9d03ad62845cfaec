"""Who imports whom, and what a module may not do: the arrows of architecture.md, held by parsing the source."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import permutations
from pathlib import Path

import pytest

import fake_iam

ROOT = Path(fake_iam.__file__).parent
LINE_LIMIT = 350

# The longest prefix that fits a module says what it may import of the package besides its own prefix.
ARROWS: dict[str, tuple[str, ...]] = {
    "data": (),
    "domain": ("data.packed",),
    "protocol": (),
    "store": ("domain",),
    "services": ("domain", "store.base"),
    "services.access": ("domain", "store.base", "services.context"),
    "services.iam": ("domain", "store.base", "services.registry", "services.context", "services.access"),
    "services.sts": ("domain", "store.base", "services.registry", "services.context", "services.access"),
    "services.resourcegroupstaggingapi": (
        "domain",
        "store.base",
        "services.registry",
        "services.context",
        "services.access",
    ),
    "pipeline": (
        "domain",
        "store.base",
        "protocol",
        "services.registry",
        "services.context",
        "services.access",
        "considerate",
        "log",
    ),
    "control": ("domain", "store.base", "pipeline", "protocol", "considerate", "log"),
    "gate": ("domain", "protocol", "pipeline", "services.access", "services.context", "http11", "readiness", "log"),
    "settings": ("domain.quotas", "control.documents.moments", "protocol.partitions", "gate.upstreams"),
    "version": (),
    "log": (),
    "considerate": ("domain.clock",),
    "served": ("protocol", "services", "pipeline"),
    "takeover": ("control.documents.problems", "control.state.state_files", "settings", "log"),
    "assembly": (
        "served",
        "takeover",
        "domain",
        "protocol",
        "store",
        "services",
        "pipeline",
        "control",
        "gate",
        "settings",
        "version",
        "log",
    ),
    # The shells. protocol.wire is what they turn HTTP into; Clock is what users hand in.
    "heads": ("protocol.wire",),
    "http11": ("heads", "protocol.wire"),
    "connection": ("http11", "protocol.wire"),
    "readiness": (),
    "threads": (),
    "exchange": ("connection", "heads", "http11", "protocol.wire", "readiness", "log"),
    "wsgi": ("assembly", "settings", "protocol.wire", "log"),
    "loop": ("connection", "exchange", "heads", "http11", "threads", "wsgi", "protocol.wire", "log"),
    "server": ("loop",),
    "inprocess": ("assembly", "wsgi", "http11", "protocol.wire", "domain.clock"),
    "surroundings": (),
    "session": ("inprocess",),
    "interception": ("inprocess", "surroundings"),
    "fake": (
        "assembly",
        "settings",
        "server",
        "inprocess",
        "session",
        "interception",
        "domain.clock",
        "gate.endpoints",
    ),
    "moto": ("fake", "settings"),
    "remote": ("settings",),
    "arguments": (),
    "doctor": ("remote", "domain.clock"),
    "federation_commands": ("remote", "control.documents.files", "control.documents.problems"),
    "commands": (
        "remote",
        "doctor",
        "federation_commands",
        "control.state.account_import",
        "control.watching.calls",
        "control.documents.format",
        "control.documents.moments",
        "control.state.backdating",
        "control.state.document",
        "control.documents.files",
        "control.documents.policy_files",
        "control.documents.problems",
    ),
    "cli": (
        "arguments",
        "assembly",
        "gate.endpoints",
        "settings",
        "server",
        "workers",
        "commands",
        "remote",
        "control.documents.problems",
        "control.http.address",
        "version",
        "log",
    ),
    "workers": ("assembly", "settings", "server", "log"),
    "__main__": ("cli",),
    "pytest_plugin": ("assembly", "settings", "fake", "surroundings"),
    "": ("settings", "fake", "control.documents.problems", "domain.clock", "version"),
}
THIRD_PARTY = {
    "commands": {"yaml"},
    "control.console.rendering": {"jinja2"},
    "control.documents.files": {"yaml"},
    "control.federation.key_pairs": {"cryptography"},
    "control.federation.saml_responses": {"lxml", "signxml"},
    "control.federation.web_tokens": {"jwt"},
    "control.nouns.stand_ins": {"cryptography"},
    "gate.connections": {"httptools"},
    "heads": {"httptools"},
    "cli": {"shtab"},
    "doctor": {"botocore"},
    "inprocess": {"botocore"},
    "session": {"boto3", "botocore"},
    "interception": {"boto3", "botocore"},
    "moto": {"moto"},
    "services.iam.credentials.key_material": {"cryptography"},
    "store.sql.database": {"sqlalchemy"},
    "store.sql.engines": {"sqlalchemy"},
    "store.sql.libpq": {"psycopg"},
    "store.sql.schema": {"sqlalchemy"},
    "store.sql.store": {"sqlalchemy"},
    "store.sql.tables": {"sqlalchemy"},
    "pytest_plugin": {"boto3", "botocore", "pytest"},
    "services.iam.credentials.mfa_codes": {"pyotp", "segno"},
    "services.sts.encrypted_assertions": {"cryptography"},
    "services.sts.saml_responses": {"cryptography", "lxml", "signxml"},
    "control.federation.own_keys": {"cryptography", "jwt"},
    "services.sts.token_signing": {"cryptography", "jwt"},
    "services.sts.web_tokens": {"cryptography", "jwt"},
}
TIME_AND_CHANCE = {"connection", "domain.clock", "domain.ids", "loop"}
CHANCE_MODULES = {"random", "secrets", "uuid", "time"}
TIME_CALLS = re.compile(r"(.*\.)?(datetime|date)\.(now|utcnow|today)|os\.(urandom|getrandom)|(\w+\.)*formatdate")


def module_name(path: Path) -> str:
    """``domain.ids`` for fake_iam/domain/ids.py, ``domain`` for its package, nothing for the whole."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text()) for name, path in FILES.items()}
EVERY = pytest.mark.parametrize("module", FILES, ids=lambda name: name or "fake_iam")


def targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules an import names, the package's own without its prefix, others whole."""
    if isinstance(node, ast.Import):
        full = [alias.name for alias in node.names]
    else:
        assert node.level == 0, "imports are absolute"
        base = node.module or ""
        full = [f"{base}.{alias.name}" if is_module(f"{base}.{alias.name}") else base for alias in node.names]
    return [own_name(name) if name.partition(".")[0] == "fake_iam" else f"/{name}" for name in full]


def is_module(full: str) -> bool:
    return full.startswith("fake_iam.") and own_name(full) in FILES


def own_name(full: str) -> str:
    return full.removeprefix("fake_iam").removeprefix(".")


def imports(module: str) -> set[str]:
    """Own modules by their short name, others with a slash before it."""
    nodes = ast.walk(TREES[module])
    return {target for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for target in targets(node)}


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(f"{prefix}.")


def layer(module: str) -> str:
    """The prefix of ARROWS that a module belongs to."""
    fitting = [prefix for prefix in ARROWS if prefix and within(module, prefix)]
    return max(fitting, key=len, default="")


def names_used(module: str) -> set[str]:
    """Dotted and plain names that the module's code mentions."""
    return {ast.unparse(node) for node in ast.walk(TREES[module]) if isinstance(node, ast.Attribute | ast.Name)}


def test_the_whole_package_is_looked_at() -> None:
    assert len(FILES) > 50
    assert {"", "domain.ids", "pipeline.engine", "services.iam.identities.users", "server"} <= set(FILES)


@EVERY
def test_every_module_belongs_to_a_layer(module: str) -> None:
    assert module == "" or layer(module) != ""


@EVERY
def test_a_module_imports_only_what_the_arrows_allow(module: str) -> None:
    own = layer(module)
    allowed = [*ARROWS[own], *([own] if own else [])]
    inside = {name for name in imports(module) if not name.startswith("/")}
    assert {name for name in inside if not any(within(name, prefix) for prefix in allowed)} == set()


@EVERY
def test_a_module_imports_only_the_standard_library_from_outside(module: str) -> None:
    outside = {name[1:].partition(".")[0] for name in imports(module) if name.startswith("/")}
    assert outside - sys.stdlib_module_names == THIRD_PARTY.get(module, set()) & outside


def test_the_services_do_not_import_each_other() -> None:
    services = ("services.iam", "services.sts", "services.resourcegroupstaggingapi")
    crossing = {
        (module, target)
        for module in FILES
        for target in imports(module)
        for one, other in permutations(services, 2)
        if within(module, one) and within(target, other)
    }
    assert crossing == set()


def test_no_imports_go_in_a_circle() -> None:
    graph = {module: {name for name in imports(module) if name in FILES} for module in FILES}
    assert sum(map(len, graph.values())) > 100
    TopologicalSorter(graph).prepare()


@EVERY
def test_time_and_chance_come_from_outside(module: str) -> None:
    if module in TIME_AND_CHANCE:
        return
    assert {name[1:] for name in imports(module)} & CHANCE_MODULES == set()
    assert {name for name in names_used(module) if TIME_CALLS.fullmatch(name)} == set()


@pytest.mark.parametrize("module", sorted(TIME_AND_CHANCE))
def test_the_modules_excepted_from_that_need_it(module: str) -> None:
    chance = {name[1:] for name in imports(module)} & CHANCE_MODULES
    assert chance or "datetime.now" in names_used(module)


def test_only_the_settings_read_the_environment_and_an_interception_lends_it() -> None:
    readers = {module for module in FILES if names_used(module) & {"os.environ", "os.environb", "os.getenv"}}
    from_os = {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "os"
    }
    assert readers == {"settings", "interception"}
    assert from_os == set()


@EVERY
def test_no_module_is_too_long_to_read(module: str) -> None:
    assert len(FILES[module].read_text().splitlines()) <= LINE_LIMIT


@EVERY
def test_every_module_begins_with_what_it_is_for(module: str) -> None:
    docstring = ast.get_docstring(TREES[module])
    assert docstring
    assert docstring.partition("\n")[0].endswith((".", ":"))


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "manager", "handler"])
def test_no_module_is_a_box_of_leftovers(name: str) -> None:
    assert [module for module in FILES if name in module.rpartition(".")[2]] == []


def declared(module: str) -> list[str] | None:
    for node in TREES[module].body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def top_level_imports(tree: ast.Module) -> Iterator[ast.ImportFrom]:
    """The package's own names that a module binds, for annotations only or not."""
    for statement in tree.body:
        for node in statement.body if isinstance(statement, ast.If) else [statement]:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fake_iam"):
                yield node


WITH_ALL = [module for module in FILES if declared(module) is not None]


@pytest.mark.parametrize("module", WITH_ALL, ids=lambda name: name or "fake_iam")
def test_all_lists_what_the_module_offers(module: str) -> None:
    bound = {alias.asname or alias.name for node in top_level_imports(TREES[module]) for alias in node.names}
    names = declared(module)
    assert names is not None
    assert names == sorted(set(names))
    assert bound | ({"__version__"} if module == "" else set()) == set(names)


@pytest.mark.parametrize("module", WITH_ALL, ids=lambda name: name or "fake_iam")
def test_everything_in_all_can_be_imported(module: str) -> None:
    imported = importlib.import_module(f"fake_iam.{module}".rstrip("."))
    assert [name for name in imported.__all__ if not hasattr(imported, name)] == []


def test_the_public_names_are_these() -> None:
    assert fake_iam.__all__ == ["AwsRefusal", "FakeIAM", "ManualClock", "Settings", "SettingsError", "__version__"]
    with pytest.raises(AttributeError, match="^module 'fake_iam' has no attribute 'Engine'$"):
        _ = fake_iam.Engine
