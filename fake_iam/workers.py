"""Several processes that serve one port over one store."""

from __future__ import annotations

import multiprocessing
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any, Final

from fake_iam.assembly import assemble
from fake_iam.log import log, show_on_console
from fake_iam.server import LocalServer
from fake_iam.settings import Settings

END_PATIENCE: Final = 5.0  # seconds


class Workers:
    """Processes that each listen on the port; the system gives every connection to one of them.

    The constructor binds the port, so that a taken one raises OSError there.

    Args:
        settings: how each behaves; ``workers`` says how many there are.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        self._place = socket.socket(family, socket.SOCK_STREAM)  # holds the port, and never listens
        try:
            if settings.port:
                with socket.socket(family, socket.SOCK_STREAM) as alone:  # fails if others listen there already
                    alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    alone.bind((settings.host, settings.port))
            self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._place.bind((settings.host, settings.port))
        except OSError:
            self._place.close()
            raise
        self.port: int = self._place.getsockname()[1]
        self._processes: list[Any] = []

    @property
    def url(self) -> str:
        """Where they are reached."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        return f"http://{host}:{self.port}"

    def start(self, control_token: str | None) -> None:
        """Start all, and wait until each listens. ``control_token`` is the one that they ask for."""
        spawn = multiprocessing.get_context("spawn")
        settings = replace(self._settings, port=self.port, control_token=control_token)
        for number in range(self._settings.workers):
            listens, said = spawn.Pipe(duplex=False)
            process = spawn.Process(target=_work, args=(settings, said), name=f"fake_iam-worker-{number}")
            process.start()
            said.close()
            self._processes.append(process)
            try:
                listens.recv()
            except EOFError:
                self.stop()
                raise OSError(f"worker {number} did not start") from None
            finally:
                listens.close()

    def serve_forever(self) -> int:
        """Wait until ``stop`` is called, or a worker ends by itself; then end all. Gives back the exit status."""
        ended = wait([process.sentinel for process in self._processes])
        for process in self._processes:
            if process.sentinel in ended:
                process.join(END_PATIENCE)  # what is waited for closes a little before there is an exit status
        failed = [process for process in self._processes if process.exitcode not in (None, 0, -signal.SIGTERM)]
        for process in failed:
            log().error("worker %s ended with %s; the others are stopped", process.pid, process.exitcode)
        self.stop()
        for process in self._processes:
            process.join(END_PATIENCE)
        self._place.close()
        return 1 if failed else 0

    def stop(self) -> None:
        """End all; safe to call twice, and from a signal handler."""
        for process in self._processes:
            process.terminate()


def _work(settings: Settings, listens: Connection) -> None:
    """Serve until a signal ends it; say when it listens."""
    show_on_console("fake-iam: %(message)s")
    assembled = assemble(settings)
    server = LocalServer(assembled, settings.host, settings.port, share_port=True)
    _on_signals(server.stop)
    Thread(target=_with_parent, args=(server.stop,), daemon=True).start()
    listens.send(True)
    listens.close()
    server.serve_forever()
    assembled.rest()


def _with_parent(stop: Callable[[], None]) -> None:
    """Stop when the process that started this one has gone, though it was killed and told nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    stop()


def _on_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())
