"""The HTTP edge: routes, their types, their errors. Nothing here decides; it parses, calls a handler, serialises."""
