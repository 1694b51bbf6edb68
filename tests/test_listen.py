"""The socket that `serve` listens at."""

import socket

from graph_service.commands.serve import listen


def test_an_answer_does_not_wait_for_the_client_s_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
