"""What the command line's words are read by: argparse, with its errors as one sentence."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from ammix_viz.settings.rules import is_number, nearest_word, quoted

REWORDED = {
    "argument --": "--",
    ": expected one argument": " needs a value",
    ": ignored explicit argument": " takes no value, but was given",
}
"""Words of argparse, and plainer ones."""


class Parser(argparse.ArgumentParser):
    """Reads the words after a command; an option that it does not know is answered with its like.

    Parameters
    ----------
    prog : str
        How the command is called.
    about : str
        Its help: a line on what it does, and what is to be said below the options.
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
        """Add an option, or a word that has to be given."""
        action = super().add_argument(*names, **rest)
        self.options += action.option_strings
        if action.required:
            self.needed.append(" ".join([*action.option_strings, str(action.metavar)]))
        return action

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Return what is asked for.

        Raises
        ------
        ValueError
            If an option is not known, or a word or a value is missing or too many.
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
        """Say what is wrong, as argparse has found it."""
        for theirs, ours in REWORDED.items():
            message = message.replace(theirs, ours)
        raise ValueError(f"{message[:1].upper()}{message[1:]}; {self.prog} -h explains more.")
