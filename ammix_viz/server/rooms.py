"""Rooms in which a class answers the questions of a lesson; they are kept in memory only."""

import math
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ammix_viz.settings.rules import Number, checked, quoted

LETTERS = "BCDFGHJKLMNPRSTWXZ"
"""The letters of a code: no vowels, so that it is no word, and none that resembles another."""

CODE_LETTERS = 5
"""Letters of a code: 1.9 million codes, of which at most `MOST_ROOMS` are in use."""

ROOM_SECONDS = 7200.0
"""Seconds after which a room is gone."""

UNREAD_SECONDS = 600.0
"""Seconds after which a room that no page asks for makes way when a new one finds no place."""

MOST_ROOMS, MOST_PEOPLE, MOST_QUESTIONS = 100, 500, 40
"""The most rooms of a server, and people and questions of a room: full rooms take 80 MB."""

OPTION = Number(0, 9, whole=True)
"""The rule for options, counted from 0."""

VOTER, QUESTION = re.compile(r"[0-9a-f-]{8,40}"), re.compile(r"[\w.:-]{1,60}", re.ASCII)
"""What identifies the browser of a person, and a question."""


class FullError(Exception):
    """The server has as many rooms, or a room as many people or questions, as it may."""


@dataclass(frozen=True)
class Report:
    """What a room has at a moment.

    Attributes
    ----------
    code : str
        The code of the room.
    people : int
        Number of people who have joined.
    seconds : int
        Seconds until the room is gone.
    answers : dict
        Number of answers for each option, from option 0 to the highest that was chosen, by
        question.
    """

    code: str
    people: int
    seconds: int
    answers: dict[str, list[int]]


@dataclass
class _Room:
    ends: float
    read: float
    people: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, int]] = field(default_factory=dict)  # option by question and voter


class Rooms:
    """The rooms of a server.

    Parameters
    ----------
    clock : callable, default=time.monotonic
        Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, _Room] = {}

    def start(self) -> str:
        """Open a room and return its code.

        Raises
        ------
        FullError
            If there are as many rooms as a server may have, and each is in use.
        """
        self._make_place()
        code = _new_code()
        while code in self._rooms:
            code = _new_code()
        now = self._clock()
        self._rooms[code] = _Room(now + ROOM_SECONDS, now)
        return code

    def join(self, code: str, voter: str) -> Report:
        """Count a person among those of a room, once however often they join.

        Raises
        ------
        LookupError
            If there is no such room, or it is gone.
        ValueError
            If `voter` has another form than `VOTER`.
        FullError
            If the room has as many people as it may.
        """
        self._add(self._room(code), voter)
        return self.report(code)

    def answer(self, code: str, voter: str, question: str, option: object) -> Report:
        """Take a person's answer to a question; it replaces the one before.

        Raises
        ------
        LookupError
            If there is no such room, or it is gone.
        ValueError
            If voter, question or option is not allowed.
        FullError
            If the room has as many people or questions as it may.
        """
        room = self._room(code)
        if not QUESTION.fullmatch(question):
            raise ValueError(
                f"question is {quoted(question)}; it must be 1 to 60 letters, digits or . : - _"
            )
        number: int = checked("option", option, OPTION)
        if question not in room.answers and len(room.answers) >= MOST_QUESTIONS:
            raise FullError(
                f"Room {_tidy(code)} has answers to {MOST_QUESTIONS} questions already."
            )
        self._add(room, voter)
        room.answers.setdefault(question, {})[voter] = number
        return self.report(code)

    def report(self, code: str) -> Report:
        """Return what a room has.

        Raises
        ------
        LookupError
            If there is no such room, or it is gone.
        """
        room = self._room(code)
        answers = {question: _counts(given) for question, given in room.answers.items()}
        return Report(_tidy(code), len(room.people), math.ceil(room.ends - self._clock()), answers)

    def _room(self, code: str) -> _Room:
        self._remove_ended()
        room = self._rooms.get(_tidy(code))
        if room is None:
            raise LookupError(
                f"There is no room {quoted(_tidy(code))}. Check the code; a room is gone after two "
                "hours, and when the server is started again."
            )
        room.read = self._clock()
        return room

    def _add(self, room: _Room, voter: str) -> None:
        if not VOTER.fullmatch(voter):
            raise ValueError(
                f"voter is {quoted(voter)}; it must be 8 to 40 hexadecimal digits or hyphens."
            )
        if voter not in room.people and len(room.people) >= MOST_PEOPLE:
            raise FullError(f"The room is full: it holds {MOST_PEOPLE} people.")
        room.people.add(voter)

    def _remove_ended(self) -> None:
        now = self._clock()
        self._rooms = {code: room for code, room in self._rooms.items() if room.ends > now}

    def _make_place(self) -> None:
        """Remove the room that was read least recently if the server is full."""
        self._remove_ended()
        if len(self._rooms) < MOST_ROOMS:
            return
        code = min(self._rooms, key=lambda code: self._rooms[code].read)
        if self._clock() - self._rooms[code].read < UNREAD_SECONDS:
            raise FullError(
                f"The server has as many rooms as it may ({MOST_ROOMS}). Try again in a few "
                "minutes."
            )
        del self._rooms[code]


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))


def _tidy(code: str) -> str:
    """Return a code as people may type it, "kx-tz b", as it was given out."""
    return re.sub(r"[\s-]", "", code).upper()


def _counts(given: dict[str, int]) -> list[int]:
    chosen = list(given.values())
    return [chosen.count(option) for option in range(max(chosen) + 1)]
