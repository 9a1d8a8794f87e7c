"""The running gateway keeps to its own OpenAPI document, whatever schemathesis makes of it: no 5xx, no violation."""

import asyncio
import sys
from pathlib import Path

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
OPERATOR = "^/api/v1/admin/"
# Streams and long polls last as long as their timeout says, and one call of MinuteMail's revokes all keys; they have
# tests of their own. The operator's calls, which may close the API, are made for themselves.
LEFT_OUT = f"/sse/|/wait|/messages/none|^/v1/api-keys$|{OPERATOR}"
PLENTY = """
[anonymous]
tier = 0
requests_per_minute = 1_000_000
burst = 1_000_000
longest_ttl = 3_600
custom_local_part = true
domain_choice = "public"

[free]
tier = 0
requests_per_minute = 1_000_000
burst = 1_000_000
longest_ttl = 3_600
custom_local_part = true
domain_choice = "any"
webhooks = true
persistent = true
team = true
"""


async def test_the_gateway_keeps_to_its_document(make_gateway, tmp_path):
    plans = tmp_path / "plans.toml"
    plans.write_text(PLENTY)
    gateway = await make_gateway(plans_file=str(plans))
    key = (await gateway.account("free"))["X-API-Key"]
    await keeps_to_its_document(gateway.url, key, tmp_path, "--exclude-path-regex", LEFT_OUT)


async def test_the_operators_calls_keep_to_their_document(make_gateway, tmp_path):
    gateway = await make_gateway()
    token = gateway.operator["Authorization"].removeprefix("Bearer ")
    await keeps_to_its_document(gateway.url, token, tmp_path, "--include-path-regex", OPERATOR)


async def keeps_to_its_document(url: str, credential: str, folder: Path, *paths: str) -> None:
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{url}/openapi.json", "--header", f"Authorization: Bearer {credential}"),
        *paths,
        *("--phases", "fuzzing", "--max-examples", "3", "--seed", "1"),
        *("--checks", CHECKS, "--suppress-health-check", "all", "--no-color", "--request-timeout", "20"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(120):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert 0 == process.returncode, output.decode().partition("= FAILURES =")[2][:6000]
    assert b"Test cases" in output or b"generated" in output, output.decode()[-2000:]
