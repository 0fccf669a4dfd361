"""A plug between browser and service that can be pulled: at once, or only for what comes back."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

CHUNK = 65536


class Plug:
    """Relays TCP from a port of its own to the service's port on 127.0.0.1."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.is_in = Event()
        self.is_in.set()
        self.loses_answers = Event()
        self.lost = 0
        """Answers that the service gave and nobody got."""
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        """No coverage: what is open ends, what comes is refused."""
        self.is_in.clear()
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def put_back(self) -> None:
        """Coverage again."""
        self.loses_answers.clear()
        self.is_in.set()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                return  # closed
            Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        if not self.is_in.is_set():
            caller.close()
            return
        with (
            suppress(OSError),
            caller,
            socket.create_connection(("127.0.0.1", self.target)) as there,
        ):
            self._open |= {caller, there}
            try:
                answers = Thread(target=self._relay, args=(there, caller, True), daemon=True)
                answers.start()
                self._relay(caller, there, False)
                answers.join(30)
            finally:
                self._open -= {caller, there}

    def _relay(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if is_answer and self.loses_answers.is_set():
                    self.lost += 1
                    self.pull()
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Stop listening, end what is open."""
        self.pull()
        self._listening.close()


@contextmanager
def plugged(port: int) -> Iterator[Plug]:
    """A plug to a service for as long as the block lasts."""
    plug = Plug(port)
    try:
        yield plug
    finally:
        plug.close()
