"""A table of rows in a database, with what is written beside them so that nothing is scanned."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, Final, Generic, TypeVar, cast

from sqlalchemy import bindparam, delete, select, tuple_, update

from fake_iam.store.sql.codec import codec_of
from fake_iam.store.sql.database import Database
from fake_iam.store.sql.schema import LOOKUPS, PLACES, ROWS, SIZES, TALLIES, adding
from fake_iam.store.sql.soon import Soon
from fake_iam.store.tables import TABLES

Row = TypeVar("Row")
ACCOUNTS: Final = "accounts"
"""What it is remembered by which accounts hold something."""
FEW: Final = 128  # rows that a walk takes at a time
BEHIND_ALL: Final = "\U0010ffff"


def _of_table(table: Any, *names: str) -> list[Any]:
    """The conditions that pick a kind of row of an account, and the values of other columns."""
    return [table.c[name] == bindparam(f"b_{name}") for name in ("account", "kind", *names)]


_KEYED = (LOOKUPS.c.account == ROWS.c.account) & (LOOKUPS.c.kind == ROWS.c.kind) & (LOOKUPS.c.key == ROWS.c.key)
_PLACED = (PLACES.c.account == ROWS.c.account) & (PLACES.c.kind == ROWS.c.kind) & (PLACES.c.key == ROWS.c.key)
GET: Final = select(ROWS.c.row).where(*_of_table(ROWS, "key"))
ITEMS: Final = select(ROWS.c.key, ROWS.c.row).where(*_of_table(ROWS)).order_by(ROWS.c.number)
LATEST: Final = (
    select(ROWS.c.key, ROWS.c.row).where(*_of_table(ROWS)).order_by(ROWS.c.number.desc()).limit(bindparam("most"))
)
WHERE: Final = select(ROWS.c.key, ROWS.c.row).join(LOOKUPS, _KEYED).where(*_of_table(LOOKUPS, "name", "value"))
KEYS: Final = select(LOOKUPS.c.key).where(*_of_table(LOOKUPS, "name", "value"))
COUNT: Final = select(TALLIES.c.count).where(*_of_table(TALLIES, "name", "value"))
COUNTS: Final = select(TALLIES.c.value, TALLIES.c.count).where(*_of_table(TALLIES, "name"))
SIZE: Final = select(SIZES.c.count).where(*_of_table(SIZES))
_BEHIND = tuple_(PLACES.c.place, PLACES.c.key) > tuple_(bindparam("last"), bindparam("last_key"))
WALK: Final = (
    select(PLACES.c.place, PLACES.c.key, ROWS.c.row)
    .join(ROWS, _PLACED)
    .where(*_of_table(PLACES, "name", "list"), _BEHIND)
    .order_by(PLACES.c.place, PLACES.c.key)
    .limit(FEW)
)
NEXT_LIST: Final = (
    select(PLACES.c.list)
    .where(*_of_table(PLACES, "name"), PLACES.c.list > bindparam("last"))
    .order_by(PLACES.c.list)
    .limit(1)
)

ADD: Final = adding(ROWS)
CHANGE: Final = update(ROWS).where(*_of_table(ROWS, "key")).values(row=bindparam("new"))
REMOVE: Final = delete(ROWS).where(*_of_table(ROWS, "key"))
GROW: Final = update(SIZES).where(*_of_table(SIZES)).values(count=SIZES.c.count + bindparam("step"))
BEGIN_SIZE: Final = adding(SIZES)
STEP: Final = (
    update(TALLIES).where(*_of_table(TALLIES, "name", "value")).values(count=TALLIES.c.count + bindparam("step"))
)
BEGIN_TALLY: Final = adding(TALLIES)
END_TALLY: Final = delete(TALLIES).where(*_of_table(TALLIES, "name", "value"), TALLIES.c.count == 0)
ADD_LOOKUPS: Final = adding(LOOKUPS)
REMOVE_LOOKUPS: Final = delete(LOOKUPS).where(*_of_table(LOOKUPS, "key"))
ADD_PLACES: Final = adding(PLACES)
REMOVE_PLACES: Final = delete(PLACES).where(*_of_table(PLACES, "key"))


class SqlTable(Generic[Row]):
    """Rows of one kind of an account.

    Args:
        database: where they are.
        soon: changes that are not stored yet.
        account_id: whose they are.
        name: their kind, as ``store.tables`` names it.
        owner_of: the row of an owner, if there is one.

    ``followers`` are the tables whose order goes by the rows of this one; ``changes`` counts what this process
    has put or deleted.
    """

    def __init__(
        self,
        database: Database,
        soon: Soon,
        account_id: str,
        name: str,
        owner_of: Callable[[str], Any | None],
    ) -> None:
        self._database = database
        self._soon = soon
        self._place = (account_id, name)
        self._of = {"b_account": account_id, "b_kind": name}
        self._columns = {"account": account_id, "kind": name}
        self._codec = codec_of(name)
        self._indexes = TABLES[name]
        self._owner_of = owner_of
        self._fields = attrgetter(*self._indexes.fields) if self._indexes.fields else None
        self.followers: Sequence[SqlTable[Any]] = ()
        self.changes = 0

    def fill(self, rows: Sequence[tuple[str, Row]], owner_of: Callable[[str], Any | None]) -> None:
        """Add many rows to a table that has none; ``owner_of`` gives the row of an owner, which may be added later."""
        of, write = self._columns, self._database.write_all
        write(ADD, ({**of, "key": key, "row": self._codec.encode(row)} for key, row in rows))
        write(BEGIN_SIZE, [{**of, "count": len(rows)}])
        write(ADD_LOOKUPS, (each for key, row in rows for each in self._lookup_rows(key, self._values(row))))
        write(ADD_PLACES, (each for key, row in rows for each in self._place_rows(key, self._places(row, owner_of))))
        for name, value_of in self._indexes.tallies.items():
            counts = Counter(value for _, row in rows if (value := value_of(row)) is not None)
            write(
                BEGIN_TALLY, [{**of, "name": name, "value": value, "count": count} for value, count in counts.items()]
            )
        self.changes += len(rows)

    def get(self, key: str) -> Row | None:
        """The row under a key, or None."""
        name = (*self._place, key)
        with self._database.lock:
            row = self._database.recall(name, lambda: self._read(key))
            return cast("Row | None", self._soon.seen(name, row))

    def put(self, key: str, row: Row) -> None:
        """Add a row or replace the one under the key."""
        before = self.get(key)
        text = self._codec.encode(row)
        if before is None:
            self._database.write(ADD, {**self._columns, "key": key, "row": text})
            self._grow(1)
        else:
            self._database.write(CHANGE, {**self._of, "b_key": key, "new": text})
        self._keep(key, row)
        if before is None or self._fields is None or self._fields(before) != self._fields(row):
            self._file(key, before, row)

    def delete(self, key: str) -> None:
        """Take the row away. Raises KeyError if there is none."""
        before = self.get(key)
        if before is None:
            raise KeyError(key)
        self._database.write(REMOVE, {**self._of, "b_key": key})
        self._grow(-1)
        self._keep(key, None)
        self._file(key, before, None)

    def where(self, index: str, value: str) -> Sequence[Row]:
        """The rows whose looked-up value is this one, in no particular order."""
        _known(self._indexes.lookups, index)
        keys = self._database.recall((*self._place, index, value), lambda: self._read_where(index, value))
        return [row for key in keys if (row := self.get(key)) is not None]

    def find(self, index: str, value: str) -> Row | None:
        """One of those rows, or None."""
        return next(iter(self.where(index, value)), None)

    def tally(self, index: str) -> Mapping[str, int]:
        """How many rows have each counted value; what none has is left out."""
        _known(self._indexes.tallies, index)
        return _Tally(self._database, {**self._of, "b_name": index})

    def after(self, index: str, within: str, last: str | None = None) -> Iterator[Row]:
        """The rows of an ordered list, or of those whose names begin with ``within``, behind a place; lazily."""
        _known(self._indexes.orders, index)
        of_index = {**self._of, "b_name": index}
        if within.endswith("/"):
            return map(self._placed, self._walk(of_index, within, last))
        walks = [self._walk(of_index, name, last) for name in self._lists(of_index, within)]
        return map(self._placed, heapq.merge(*walks, key=itemgetter(0, 1)))

    def latest(self, most: int) -> Sequence[Row]:
        """The rows that were added last, the newest first."""
        return [self._row(key, text) for key, text in self._database.read(LATEST, {**self._of, "most": most})]

    def items(self) -> Sequence[tuple[str, Row]]:
        """All keys with their rows, in the order of insertion."""
        return [(key, self._row(key, text)) for key, text in self._database.read(ITEMS, self._of)]

    def __len__(self) -> int:
        return size(self._database, *self._place)

    def place_again(self, owner_id: str) -> None:
        """Sort the rows of an owner that has changed into their lists anew."""
        for (key,) in self._database.read(KEYS, {**self._of, "b_name": "owner", "b_value": owner_id}):
            self._database.write(REMOVE_PLACES, {**self._of, "b_key": key})
            self._add_places(key, self._places(self.get(key)))

    def _keep(self, key: str, row: Row | None) -> None:
        """Know what is under a key now, which has in it what was to be changed soon."""
        self.changes += 1
        self._database.remember((*self._place, key), row)
        dropped = self._soon.drop((*self._place, key))
        if dropped:
            self._database.when_undone(lambda: self._soon.put_back(dropped))

    def _read(self, key: str) -> Row | None:
        found = self._database.read(GET, {**self._of, "b_key": key})
        return self._codec.decode(found[0][0]) if found else None

    def _read_where(self, index: str, value: str) -> list[str]:
        """The keys of the rows with a looked-up value; the rows are known after that."""
        found = self._database.read(WHERE, {**self._of, "b_name": index, "b_value": value})
        for key, text in found:
            self._database.remember((*self._place, key), self._codec.decode(text))
        return [key for key, _ in found]

    def _row(self, key: str, text: str) -> Row:
        return cast("Row", self._soon.seen((*self._place, key), self._codec.decode(text)))

    def _placed(self, found: Any) -> Row:
        return self._row(found[1], found[2])

    def _walk(self, of_index: Mapping[str, str], name: str, last: str | None) -> Iterator[Any]:
        place, key = ("", "") if last is None else (last, BEHIND_ALL)
        while True:
            found = self._database.read(WALK, {**of_index, "b_list": name, "last": place, "last_key": key})
            yield from found
            if len(found) < FEW:
                return
            place, key = found[-1][:2]

    def _lists(self, of_index: Mapping[str, str], start: str) -> Iterator[str]:
        """The lists whose names begin so. What is in a list below another is in that one, too, and not named again."""
        last = start
        while True:
            found = self._database.read(NEXT_LIST, {**of_index, "last": last})
            if not found or not found[0][0].startswith(start):
                return
            yield found[0][0]
            last = found[0][0] + BEHIND_ALL

    def _grow(self, step: int) -> None:
        count = len(self) + step
        self._database.remember(self._place, count)
        if count in (0, step):  # perhaps the first row of an account, or it was the last
            self._database.forget(ACCOUNTS)
        if not self._database.write(GROW, {**self._of, "step": step}):
            self._database.write(BEGIN_SIZE, {**self._columns, "count": step})

    def _file(self, key: str, before: Row | None, after: Row | None) -> None:
        """Write what a row is found by; None is no row."""
        old, new = self._values(before), self._values(after)
        if old != new:
            for name, value in (*old.items(), *new.items()):
                self._database.forget((*self._place, name, value))
            if old:
                self._database.write(REMOVE_LOOKUPS, {**self._of, "b_key": key})
            if new:
                self._database.write(ADD_LOOKUPS, self._lookup_rows(key, new))
        for name, value_of in self._indexes.tallies.items():
            self._count(name, None if before is None else value_of(before), None if after is None else value_of(after))
        places, wanted = self._places(before), self._places(after)
        if places != wanted:
            if places:
                self._database.write(REMOVE_PLACES, {**self._of, "b_key": key})
            self._add_places(key, wanted)
        for table in self.followers:
            table.place_again(key)

    def _values(self, row: Row | None) -> dict[str, str]:
        """The looked-up values of a row."""
        if row is None:
            return {}
        values = {name: value_of(row) for name, value_of in self._indexes.lookups.items()}
        return {name: value for name, value in values.items() if value is not None}

    def _places(
        self, row: Row | None, owner_of: Callable[[str], Any | None] | None = None
    ) -> list[tuple[str, str, str]]:
        """The lists that a row is in, each as the name of the order, that of the list, and the place."""
        find = owner_of or self._owner_of
        found: list[tuple[str, str, str]] = []
        for name, order in self._indexes.orders.items() if row is not None else ():
            owner = find(getattr(row, "owner_id")) if order.by_owner else None  # noqa: B009
            lists = order.lists(row, owner)
            place = order.place(row, owner) if lists else ""
            found += [(name, each, place) for each in lists]
        return found

    def _add_places(self, key: str, places: Iterable[tuple[str, str, str]]) -> None:
        rows = self._place_rows(key, places)
        if rows:
            self._database.write(ADD_PLACES, rows)

    def _lookup_rows(self, key: str, values: Mapping[str, str]) -> list[dict[str, str]]:
        """What is written of the looked-up values of the row under a key."""
        return [{**self._columns, "name": name, "value": value, "key": key} for name, value in values.items()]

    def _place_rows(self, key: str, places: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
        """What is written of the places of the row under a key."""
        return [{**self._columns, "name": name, "list": each, "place": at, "key": key} for name, each, at in places]

    def _count(self, name: str, before: str | None, after: str | None) -> None:
        if before == after:
            return
        for value, step in ((before, -1), (after, 1)):
            if value is None:
                continue
            of_value = {**self._of, "b_name": name, "b_value": value}
            if not self._database.write(STEP, {**of_value, "step": step}):
                self._database.write(BEGIN_TALLY, {**self._columns, "name": name, "value": value, "count": step})
            elif step < 0:
                self._database.write(END_TALLY, of_value)


class _Tally(Mapping[str, int]):
    """The numbers of an index, asked for one by one or all together."""

    def __init__(self, database: Database, of_index: Mapping[str, str]) -> None:
        self._database = database
        self._of = of_index

    def __getitem__(self, value: str) -> int:
        found = self._database.read(COUNT, {**self._of, "b_value": value})
        if not found:
            raise KeyError(value)
        return int(found[0][0])

    def __iter__(self) -> Iterator[str]:
        return iter([value for value, _ in self._database.read(COUNTS, self._of)])

    def __len__(self) -> int:
        return len(self._database.read(COUNTS, self._of))


def size(database: Database, account_id: str, name: str) -> int:
    """How many rows of a kind an account has."""

    def ask() -> int:
        found = database.read(SIZE, {"b_account": account_id, "b_kind": name})
        return int(found[0][0]) if found else 0

    return database.recall((account_id, name), ask)


def _known(declared: Mapping[str, Any], index: str) -> None:
    """Raises KeyError for an index that is not declared."""
    declared[index]
