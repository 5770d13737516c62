"""The command line: `python -m ammix_viz COMMAND`."""

import os
import sys
from collections.abc import Sequence

INTERRUPTED, PIPE_CLOSED = 130, 141
"""Exit statuses of a program that Ctrl-C has ended, or that nobody reads any more: 128 + signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status. Ctrl-C and a closed pipe end it without a word."""
    try:
        from ammix_viz.commands.dispatch import dispatch  # here, since Ctrl-C may come meanwhile

        try:
            return dispatch(sys.argv[1:] if arguments is None else arguments)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _leave_output()
        return PIPE_CLOSED


def _leave_output() -> None:
    """Send what is left in the buffers nowhere, or Python would complain of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
