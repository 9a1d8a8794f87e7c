"""Pure parsing: octets in, `parsed.Parsed` out. No I/O; runs in a child process that may be killed at any time."""
