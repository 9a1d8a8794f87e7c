"""The program for seccomp, interpreted as the kernel would: which calls it allows."""

import struct

import pytest

from mayfly.children.system_calls import INSTRUCTION_OCTETS, program

X86_64, ARM_64 = 0xC000003E, 0xC00000B7


def verdict(machine: str, number: int, *, network: bool = False, convention: int = 0, argument: int = 0) -> str:
    code = program(machine, network=network)
    steps = [struct.unpack_from("HBBI", code, at) for at in range(0, len(code), INSTRUCTION_OCTETS)]
    data = {0: number, 4: convention or {"x86_64": X86_64, "aarch64": ARM_64}[machine], 16: argument}
    at, loaded = 0, 0
    while True:
        operation, if_true, if_false, value = steps[at]
        at += 1
        if operation == 0x20:
            loaded = data[value]
        elif operation == 0x15:
            at += if_true if loaded == value else if_false
        else:
            return {0x7FFF0000: "allowed", 0x80000000: "killed", 0x00050026: "refused"}[value]


@pytest.mark.parametrize(("machine", "read", "execve"), [("x86_64", 0, 59), ("aarch64", 63, 221)])
def test_computing_is_allowed_and_starting_programs_is_not(machine, read, execve):
    assert "allowed" == verdict(machine, read)
    assert "refused" == verdict(machine, execve) == verdict(machine, execve, network=True)


@pytest.mark.parametrize(("machine", "sockets"), [("x86_64", 41), ("aarch64", 198)])
def test_sockets_are_for_children_with_a_network_and_of_the_internet_only(machine, sockets):
    assert "refused" == verdict(machine, sockets, argument=2)
    families = {family: verdict(machine, sockets, network=True, argument=family) for family in (1, 2, 10, 16)}
    assert {1: "refused", 2: "allowed", 10: "allowed", 16: "refused"} == families


def test_another_calling_convention_kills():
    assert "killed" == verdict("x86_64", 0, convention=0x40000003)
    assert "refused" == verdict("x86_64", 0x40000000)


def test_a_machine_without_a_list_has_no_program():
    with pytest.raises(KeyError):
        program("riscv64", network=False)
