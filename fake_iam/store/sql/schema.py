"""The tables of a database, and the steps by which an older one is brought to them.

A kind of row has no table of its own, so a new noun changes nothing here. What ``store.tables`` declares of a kind is
computed from its rows, and written beside them: ``lookups``, ``places`` and ``tallies``, each with its index.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Insert,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    inspect,
    select,
)

from fake_iam.store.base import StoreError

METADATA: Final = MetaData()
# Sorted by code points on every engine, as Python sorts.
TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up in an INTEGER only


def _column(name: str, primary_key: bool = False) -> Column[str]:
    return Column(name, TEXT, primary_key=primary_key, nullable=False)


def _of_rows(*names: str) -> list[Column[str]]:
    """The columns of an index's key, that begin with the account and the kind of row."""
    return [_column(name, primary_key=True) for name in ("account", "kind", *names)]


ROWS: Final = Table(
    "rows",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    *(_column(name) for name in ("account", "kind", "key", "row")),
    UniqueConstraint("account", "kind", "key"),
)
SIZES: Final = Table(
    "sizes",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    *(_column(name) for name in ("account", "kind")),
    Column("count", NUMBER, nullable=False),
    UniqueConstraint("account", "kind"),
)
LOOKUPS: Final = Table(
    "lookups",
    METADATA,
    *_of_rows("name", "value", "key"),
    Index("lookups_of_row", "account", "kind", "key"),
    sqlite_with_rowid=False,
)
PLACES: Final = Table(
    "places",
    METADATA,
    *_of_rows("name", "list", "place", "key"),
    Index("places_of_row", "account", "kind", "key"),
    sqlite_with_rowid=False,
)
TALLIES: Final = Table(
    "tallies",
    METADATA,
    *_of_rows("name", "value"),
    Column("count", NUMBER, nullable=False),
    sqlite_with_rowid=False,
)
ISSUED: Final = Table(
    "issued",
    METADATA,
    Column("serial", NUMBER, primary_key=True, autoincrement=False),
    Column("key_id", TEXT, nullable=False, unique=True),
    _column("account"),
)
NOTES: Final = Table("notes", METADATA, _column("name", primary_key=True), _column("text"))
SCHEMA: Final = Table("fake_iam_schema", METADATA, Column("version", Integer, nullable=False))

CHANGES: Final = Table("fake_iam_changes", METADATA, Column("number", NUMBER, nullable=False))


def adding(table: Table) -> Insert:
    """The statement that adds a row, by a value for each column that the engine does not count up itself."""
    names = [column.name for column in table.columns if column.autoincrement is not True]
    return insert(table).inline().values({name: bindparam(name) for name in names})


def _begin(connection: Connection) -> None:
    """The first version: everything above."""
    METADATA.create_all(connection)


def _count_changes(connection: Connection) -> None:
    """The second version: a row counts the transactions that changed something."""
    CHANGES.create(connection, checkfirst=True)
    connection.execute(insert(CHANGES).values(number=0))


def _carry_over(connection: Connection) -> None:
    """The third version: a snapshot is kept in parts, and the accounts of an organization have a row that names it."""
    snapshots = json.loads(connection.execute(select(NOTES.c.text).where(NOTES.c.name == "snapshots")).scalar() or "[]")
    for name in sorted(snapshots, key=len, reverse=True):  # what was kept whole is its only part
        renamed = NOTES.update().where(NOTES.c.name == f"snapshot {name}").values(name=f"snapshot 0 {name}")
        connection.execute(renamed)
    counts = json.dumps(dict.fromkeys(snapshots, 1))
    connection.execute(NOTES.update().where(NOTES.c.name == "snapshots").values(text=counts))
    kind = "account.organizations.OrganizationMember"
    organizations = select(ROWS.c.row).where(ROWS.c.kind == "account.organizations.Organization")
    for row in connection.execute(organizations).scalars().all():
        organization = json.loads(row)
        manager = organization["management_account_id"]
        member = json.dumps({"organization_id": organization["id"], "management_account_id": manager})
        for account in (manager, *organization["members"]):
            connection.execute(insert(ROWS).values(account=account, kind=kind, key=account, row=member))
            connection.execute(insert(SIZES).values(account=account, kind=kind, count=1))


# The step at place n brings version n to n + 1; a released one is never changed.
STEPS: Final[Sequence[Callable[[Connection], Any]]] = (_begin, _count_changes, _carry_over)


def bring_up(connection: Connection, steps: Sequence[Callable[[Connection], Any]] = STEPS) -> None:
    """Bring a database to the present version, inside the transaction of whoever asks.

    Raises:
        StoreError: it is of a later version, or belongs to another program.
    """
    there = inspect(connection).get_table_names()
    if there and SCHEMA.name not in there:
        raise StoreError("it is a database of another program; it is left as it is")
    version = connection.execute(select(SCHEMA.c.version)).scalar_one() if there else 0
    if version > len(steps):
        raise StoreError(
            f"it has version {version} of the schema, and this release of fake_iam knows versions up to {len(steps)}; "
            "it is left as it is"
        )
    for step in steps[version:]:
        step(connection)
    if version == 0:
        connection.execute(insert(SCHEMA).values(version=len(steps)))
    elif version < len(steps):
        connection.execute(SCHEMA.update().values(version=len(steps)))
