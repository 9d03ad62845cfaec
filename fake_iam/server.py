"""A local HTTP/1.1 server: keep-alive, one loop for all connections, hard to upset, quick to start and to stop."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Final

from fake_iam.loop import Loop

STOP_PATIENCE: Final = 0.5


class LocalServer(Loop):
    """Serves on one address.

    The constructor binds, so that a taken port raises OSError there and ``port`` is known before the first request.

    Args:
        answers: what answers the requests, called in the thread that serves, or in one of its own if it may wait.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        head_timeout: seconds that a client may take to send a request's head, then its body, and to read the answer.
        idle_timeout: seconds that a connection may stay open without a request.
        share_port: whether other processes may serve the port, too; the system gives a connection to one of them.
        gate: what answers some requests piece by piece.
    """

    _started = False
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where the server is reached."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> LocalServer:
        """Serve from a thread of the server's own."""
        self._started = True
        self._thread = threading.Thread(target=self.serve_forever, name="fake_iam-server", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and cut every connection; safe to call twice, and from a signal handler."""
        self._stopping = True
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(STOP_PATIENCE)
            if self._thread.is_alive():  # an answer is being made: nobody waits for it any more
                self._cut()
        elif not self._started:
            self._close()

    def serve_forever(self) -> None:
        """Serve in this thread until ``stop`` is called."""
        if self._stopping and not self._started:
            return
        self._started = True
        try:
            self._serve()
        finally:
            self._close()

    def __enter__(self) -> LocalServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
