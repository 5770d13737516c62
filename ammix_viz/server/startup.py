"""What is checked before the server starts."""

import sys

from ammix_viz.settings.limits import current_limits


def check_limits() -> None:
    """End the program with a sentence and status 2 if a limit has a value that is not allowed."""
    try:
        current_limits()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
