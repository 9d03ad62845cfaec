"""Statements about transactions as PostgreSQL's own library takes them, in half the time of a cursor."""

from __future__ import annotations

from typing import Any

from psycopg import Connection, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus


def tell(connection: Connection[Any], text: str) -> int | None:
    """Say one or several statements, and give the number that the last answers, if it does. Raises psycopg.Error."""
    result = connection.pgconn.exec_(text.encode())
    if connection.pgconn.status == ConnStatus.BAD:
        raise OperationalError(connection.pgconn.get_error_message())
    if result.status == ExecStatus.FATAL_ERROR:
        raise error_from_result(result)
    value = result.get_value(0, 0) if result.ntuples else None
    return int(value) if value else None
