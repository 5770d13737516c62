"""The command line: `python -m ammix_viz COMMAND`."""

import argparse
import sys
from collections.abc import Sequence

from ammix_viz.commands import app, bench, fetch_data, reproduce, runs, sweep, train
from ammix_viz.workers.worker import OUT_OF_MEMORY, out_of_memory

COMMANDS = {
    "app": app,
    "train": train,
    "reproduce": reproduce,
    "sweep": sweep,
    "runs": runs,
    "fetch-data": fetch_data,
    "bench": bench,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 if it failed, 2 if it was asked for something not allowed."""
    parser = argparse.ArgumentParser(prog="python -m ammix_viz", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        own = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        command.arguments(own)
        own.set_defaults(run=command.run)
    chosen = parser.parse_args(arguments)
    try:
        return chosen.run(chosen)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, RuntimeError, MemoryError) as error:
        print(OUT_OF_MEMORY if out_of_memory(error) else error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
