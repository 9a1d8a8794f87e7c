"""Ports against real sockets."""

import socket

from mayfly_local.ports import FIRST, LAST, Ports, why_not


def test_a_port_with_a_listener_is_taken_and_free_again_after_it():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert why_not("127.0.0.1", port) == "is taken"
        assert why_not("0.0.0.0", port) == "is taken"
    assert why_not("127.0.0.1", port) is None


def test_an_address_of_another_machine_cannot_be_used():
    assert "cannot be used" in (why_not("192.0.2.1", 20000) or "")


def test_two_holders_never_get_the_same_port(tmp_path):
    one, other = Ports(tmp_path), Ports(tmp_path)
    taken = [holder.take() for _ in range(40) for holder in (one, other)]
    assert len(set(taken)) == 80
    assert all(FIRST <= port < LAST for port in taken)
    one.release()
    other.release()


def test_a_released_port_can_be_held_by_another(tmp_path):
    one, other = Ports(tmp_path), Ports(tmp_path)
    port = one.take()
    one.release()
    assert other.take() == port
    other.release()
