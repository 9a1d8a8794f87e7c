"""What is shared by all peers (memory, connections): no peer keeps another out."""

import time

import pytest

pytestmark = pytest.mark.xdist_group("smtp")

LINE = b"x" * 998 + b"\r\n"
BALANCER = "127.0.0.5"


@pytest.fixture(scope="module")
def module_shared(start):
    """Room for three of the largest messages in memory, and for six connections."""
    return start(
        MAYFLY_SMTP_EXEMPT_CIDRS="192.0.2.0/24",
        MAYFLY_SMTP_PROXY_CIDRS=f"{BALANCER}/32",
        MAYFLY_SMTP_MESSAGE_OCTETS="400000",
        MAYFLY_SMTP_INFLIGHT_OCTETS="1200000",
        MAYFLY_SMTP_CONNECTIONS="6",
        MAYFLY_SMTP_WAIT_SECONDS="0.5",
    )


@pytest.fixture
def shared(module_shared):
    module_shared.mails()
    open_now = []

    def peer(source, header=b""):
        open_now.append(module_shared.peer(source))
        open_now[-1].send(header)
        return open_now[-1]

    module_shared.known = peer
    yield module_shared
    for peer in open_now:
        peer.close()
    deadline = time.monotonic() + 10
    while module_shared.metric("mayfly_smtp_open_connections"):
        assert time.monotonic() < deadline, "a connection outlives its peer"
        time.sleep(0.02)


def begin_to_send(smtp, peer, lines):
    peer.begin(smtp.inbox())
    assert 354 == peer.ask("DATA")[0]
    peer.send(LINE * lines)


def test_a_peer_that_dawdles_with_many_messages_keeps_nobody_out(shared):
    for number in range(1, 4):
        dawdler = shared.known("127.0.0.61")
        begin_to_send(shared, dawdler, 340)
        shared.wait_for_metric("mayfly_smtp_in_flight_octets", number * 340_000)
    other = shared.known("127.0.0.62")
    begin_to_send(shared, other, 390)
    other.send(b".\r\n")
    assert 250 == other.code()
    assert 390 * 1000 == len(shared.only_content())
    assert 1 <= shared.metric('mayfly_smtp_no_room_total{reason="largest"}')


def test_who_lost_the_room_hears_it_at_the_end_and_may_send_again(shared):
    peers = [shared.known("127.0.0.63") for _ in range(3)]
    for number, peer in enumerate(peers, 1):
        begin_to_send(shared, peer, 340)
        shared.wait_for_metric("mayfly_smtp_in_flight_octets", number * 340_000)
    other = shared.known("127.0.0.64")
    begin_to_send(shared, other, 300)
    other.send(b".\r\n")
    assert 250 == other.code()
    replies = []
    for peer in peers:
        peer.send(b".\r\n")
        replies.append(peer.reply())
    assert [250, 250, 451] == sorted(code for code, _ in replies)
    assert "4.3.2 Too much mail at once, try again later" in [text for _, text in replies]
    late = peers[[code for code, _ in replies].index(451)]
    late.mail(shared.inbox())
    assert 250 == late.data(LINE * 340)[0]


@pytest.mark.parametrize(("code", "result"), [(None, "accepted"), (451, "transient"), (550, "permanent")])
def test_a_peer_that_waits_out_a_delay_holds_no_memory(shared, code, result):
    inbox = shared.inbox(fault_plan={"steps": [{"delay_ms": 30_000, "at": "data", "code": code}], "seen": 0})
    sample = f'mayfly_smtp_transactions_total{{result="{result}"}}'
    before = shared.metric(sample)
    waiting = shared.known("127.0.0.65")
    waiting.begin(inbox)
    assert 354 == waiting.ask("DATA")[0]
    waiting.send(LINE * 390 + b".\r\n")
    shared.wait_for_metric(sample, before + 1)
    assert 0 == shared.metric("mayfly_smtp_in_flight_octets")


def test_behind_a_balancer_the_memory_is_shared_by_the_real_peers(shared):
    for number in range(1, 4):
        dawdler = shared.known(BALANCER, b"PROXY TCP6 2001:db8:7::%d 2001:db8::1 4711 25\r\n" % number)
        begin_to_send(shared, dawdler, 340)
        shared.wait_for_metric("mayfly_smtp_in_flight_octets", number * 340_000)
    neighbour = shared.known(BALANCER, b"PROXY TCP6 2001:db8:8::1 2001:db8::1 4711 25\r\n")
    begin_to_send(shared, neighbour, 390)
    neighbour.send(b".\r\n")
    assert 250 == neighbour.code()


def test_commands_sent_ahead_are_counted_while_the_peer_waits(shared):
    inbox = shared.inbox(fault_plan={"steps": [{"delay_ms": 30_000, "at": "data"}], "seen": 0})
    flooder = shared.known("127.0.0.67")
    flooder.begin(inbox)
    assert 250 == flooder.ask("NOOP")[0]
    assert 354 == flooder.ask("DATA")[0]
    flooder.send(b"x\r\n.\r\n" + b"NOOP\r\n" * 10_000)
    shared.wait_for_metric("mayfly_smtp_in_flight_octets", 50_000)
    flooder.close()


def test_a_crowd_of_connections_makes_room_for_a_peer_that_has_fewer(shared):
    crowd = [shared.known("127.0.0.68") for _ in range(6)]
    assert [220] * 6 == [peer.code() for peer in crowd]
    other = shared.known("127.0.0.69")
    assert 220 == other.code()
    assert (421, "4.3.2 Others need the room, try again later") == crowd[0].reply()
    assert crowd[0].is_closed()
    again = shared.known("127.0.0.68")
    assert (421, "4.3.2 Too many connections, try again later") == again.reply()
    assert 250 == crowd[1].ask("NOOP")[0]
