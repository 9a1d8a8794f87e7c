"""Every bomb against a running parser: stored within 10 s, its octets kept, the service alive, the next mail at once."""

import asyncio

from mayfly.records.octets import RAW
from mayfly.store.octets import Octets
from tests.corpus.bombs import BOMBS

PLAIN = b"From: a@acme.example\r\nSubject: Code\r\n\r\nYour verification code is 482193\r\n"


async def test_every_bomb_is_stored_whole_and_holds_up_nobody(world, start_parser):
    await start_parser()
    octets = Octets(world.database)
    for name, bomb in BOMBS.items():
        inbox, next_inbox = await world.inbox(), await world.inbox()
        raw = bomb()
        await world.receive(raw, [inbox])
        message = await world.message(inbox, seconds=60)
        await world.receive(PLAIN, [next_inbox])
        assert "482193" == (await world.message(next_inbox, seconds=60)).otp, name
        assert raw == await octets.get(message.id, RAW), name
        # So it took less than 5 s of processor time, the limit of the parser, in one of its two tries.
        assert message.parse_status in ("parsed", "partial"), (name, message.parse_reason)
    await world.drained()


async def test_hostile_names_and_fields_come_out_harmless(world, start_parser):
    await start_parser()
    wanted = {
        "path_traversal": "passwd",
        "windows_path": "_CON.txt",
        "rtl_filename": "invoicefdp.exe",
        "nul_filename": "abX-Injected_ yes.pdf",
    }
    for name, filename in wanted.items():
        inbox = await world.inbox()
        await world.receive(BOMBS[name](), [inbox])
        assert filename == (await world.message(inbox)).attachments[0].filename
    inbox = await world.inbox()
    await world.receive(BOMBS["header_injection"](), [inbox])
    message = await world.message(inbox)
    assert "a Bcc: evil@evil.example body" == message.subject
    assert "bcc" not in {field.lower() for field, _ in message.headers}


async def test_a_bomb_beside_other_mails_costs_them_nothing(world, start_parser):
    inboxes = [await world.inbox() for _ in range(20)]
    for number, inbox in enumerate(inboxes):
        await world.receive(BOMBS["many_parts"]() if number == 10 else PLAIN, [inbox])
    await start_parser()
    found = await asyncio.gather(*(world.message(inbox) for inbox in inboxes))
    assert ["482193"] * 19 == [message.otp for number, message in enumerate(found) if number != 10]
