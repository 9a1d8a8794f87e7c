"""Ctrl-C ends a listener, but not between a post and the note that it was made."""

import os
import signal
import threading

import pytest

from mayfly_mail.cli.relay.ending import Ending

pytestmark = pytest.mark.usefixtures("interruptible")


def interrupt(times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)


def held(ending: Ending, done: list[int], interrupts: int) -> None:
    with ending.watched(), ending.held():
        interrupt(interrupts)
        done.append(1)


def paused(ending: Ending) -> None:
    with ending.watched(), ending.held():
        interrupt()
        ending.pause(60)


def test_ctrl_c_ends_at_once_what_only_waits() -> None:
    with pytest.raises(KeyboardInterrupt), Ending().watched():
        os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_lets_a_held_block_finish_and_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    ending, done = Ending(), list[int]()
    with pytest.raises(KeyboardInterrupt):
        held(ending, done, interrupts=1)
    assert [1] == done
    assert "a post is under way and may finish; Ctrl-C again ends at once\n" == capfd.readouterr().err


def test_a_second_ctrl_c_does_not_wait() -> None:
    ending, done = Ending(), list[int]()
    with pytest.raises(KeyboardInterrupt):
        held(ending, done, interrupts=2)
    assert [] == done


def test_sigterm_ends_with_the_code_that_shells_expect() -> None:
    ending = Ending()
    with pytest.raises(SystemExit) as ended, ending.watched(), ending.held():
        os.kill(os.getpid(), signal.SIGTERM)
    assert 143 == ended.value.code


def test_a_pause_within_a_held_block_ends_with_the_signal_before_it() -> None:
    with pytest.raises(KeyboardInterrupt):
        paused(Ending())


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Ending().watched():
        assert before != (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
    assert before == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))


def test_elsewhere_than_in_the_main_thread_no_signal_is_touched() -> None:
    seen: list[object] = []

    def watch() -> None:
        with Ending().watched():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=watch)
    thread.start()
    thread.join()
    assert [before] == seen
