"""Pure parsing: raw message in, `parsed.Parsed` out, no I/O. Runs in child processes that may be killed.

Start reading at `parse`, then `stages`.
"""
