"""An argparse parser that reports errors in one sentence."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from ammix_viz.settings.rules import is_number, nearest_word, quoted

REWORDED = {
    "argument --": "--",
    ": expected one argument": " needs a value",
    ": ignored explicit argument": " takes no value, but was given",
}
"""Phrases of argparse, and plainer ones."""


class Parser(argparse.ArgumentParser):
    """Parses the arguments of a command; suggests the nearest option for an unknown one.

    Parameters
    ----------
    prog : str
        Name of the command.
    about : str
        Its help: one line on what it does, and text to print below the options.
    """

    def __init__(self, prog: str, about: str) -> None:
        self.options: list[str] = []
        self.needed: list[str] = []
        description, _, epilog = about.strip().partition("\n")
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog.strip(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def add_argument(self, *names: Any, **rest: Any) -> argparse.Action:  # noqa: ANN401
        """Add an option or a positional argument."""
        action = super().add_argument(*names, **rest)
        self.options += action.option_strings
        if action.required:
            self.needed.append(" ".join([*action.option_strings, str(action.metavar)]))
        return action

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Return the parsed arguments.

        Raises
        ------
        ValueError
            If an option is unknown, or an argument or value is missing or superfluous.
        """
        self.usage = " ".join([self.prog, *self.needed, "[OPTION …]"])
        for word in words[: words.index("--")] if "--" in words else words:
            option = word.partition("=")[0]
            if option.startswith("-") and option not in self.options and not is_number(word):
                raise ValueError(self._unknown(option))
        return self.parse_args(words)

    def _unknown(self, option: str) -> str:
        words = {known.lstrip("-"): known for known in self.options}
        near = nearest_word(option.lstrip("-"), words)
        hint = f"did you mean {words[near]}?" if near else f"{self.prog} -h lists the options."
        return f"Unknown option {quoted(option)[1:-1]}; {hint}"

    def error(self, message: str) -> NoReturn:
        """Raise argparse's error as a `ValueError`."""
        for theirs, ours in REWORDED.items():
            message = message.replace(theirs, ours)
        raise ValueError(f"{message[:1].upper()}{message[1:]}; {self.prog} -h explains more.")
