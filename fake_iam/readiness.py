"""Waits for the first of several sockets that has something to read."""

from __future__ import annotations

import selectors
import socket


class Overtaken(Exception):
    """An upstream answers while the body of its request is still awaited."""


def readable(sockets: list[socket.socket], patience: float | None) -> list[socket.socket]:
    """Those that have something to read, or have ended; none if that lasts longer than so many seconds."""
    with _Selector() as selector:
        for each in sockets:
            selector.register(each, selectors.EVENT_READ)
        return [key.fileobj for key, _ in selector.select(patience) if isinstance(key.fileobj, socket.socket)]


_Selector = getattr(selectors, "PollSelector", selectors.DefaultSelector)  # epoll's takes a call of the system to make
