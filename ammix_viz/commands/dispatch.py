"""Find and run the command that the command line names."""

import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from ammix_viz.commands.parser import Parser
from ammix_viz.settings.limits import current_limits
from ammix_viz.settings.rules import Choice, checked
from ammix_viz.workers.tasks import OUT_OF_MEMORY, out_of_memory

COMMANDS = ("app", "train", "reproduce", "sweep", "export", "runs", "fetch-data", "bench")
PROGRAM = "python -m ammix_viz"


def dispatch(words: Sequence[str]) -> int:
    """Run a command; return 0, 1 if it failed, or 2 if an argument is not allowed."""
    try:
        if words and words[0] in ("-h", "--help"):
            print(_overview())
            return 0
        return _run(words)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError, MemoryError) as error:
        print(OUT_OF_MEMORY if out_of_memory(error) else error, file=sys.stderr)
        return 1


def _run(words: Sequence[str]) -> int:
    if not words:
        raise ValueError(f"A command is missing; {PROGRAM} -h lists them.")
    name = checked("The command", words[0], Choice(COMMANDS))
    current_limits()
    command = _module(name)
    parser = Parser(f"{PROGRAM} {name}", command.__doc__ or "")
    command.arguments(parser)
    return command.run(parser.read(words[1:]))


def _module(name: str) -> ModuleType:
    return import_module(f"ammix_viz.commands.{name.replace('-', '_')}")


def _overview() -> str:
    lines = [f"usage: {PROGRAM} COMMAND [OPTION …]", "", "commands:"]
    for name in COMMANDS:
        lines.append(f"  {name:<12}{(_module(name).__doc__ or '').splitlines()[0]}")
    return "\n".join([*lines, "", f"{PROGRAM} COMMAND -h explains a command and its options."])
