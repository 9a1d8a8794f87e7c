"""Lets `python -m mayfly_mcp` run the server."""

from mayfly_mcp.server import main

raise SystemExit(main())
