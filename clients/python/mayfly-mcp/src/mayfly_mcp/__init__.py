"""An MCP server that gives language models disposable inboxes of Mayfly, and the codes and links that arrive there."""

__version__ = "0.1.0"
