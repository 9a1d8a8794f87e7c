"""Options of benches on the command line, as `name=value`."""

import sys


def read(**defaults: str) -> dict[str, str]:
    """Value of each option: the given one, else its default. Exits with 2, naming all options, when one is unknown."""
    pairs = [argument.partition("=") for argument in sys.argv[1:]]
    if unknown := [name for name, sign, _ in pairs if not sign or name not in defaults]:
        known = " ".join(f"{name}={value}" for name, value in defaults.items())
        print(f"Unknown: {' '.join(unknown)}. The options and their defaults: {known}", file=sys.stderr)
        sys.exit(2)
    return defaults | {name: value for name, _, value in pairs}
