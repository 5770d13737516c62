"""Rooms: what they count, what they refuse, and when they are gone."""

import re

import pytest

from ammix_viz.server import rooms as module
from ammix_viz.server.rooms import FullError, Rooms

ANNE, BEN = "a" * 16, "b" * 16
QUESTION = "margins.2"


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rooms(clock):
    return Rooms(clock)


def test_the_last_answer_of_each_person_counts(rooms):
    code = rooms.start()
    for voter, option in ((ANNE, 0), (BEN, 2), (ANNE, 2), ("c" * 16, 1)):
        report = rooms.answer(code, voter, QUESTION, option)
    assert report.answers == {QUESTION: [0, 1, 2]}
    assert report.people == 3
    rooms.answer(code, ANNE, "margins.3", 1)
    assert rooms.report(code).answers == {QUESTION: [0, 1, 2], "margins.3": [0, 1]}


def test_a_person_who_joins_twice_is_counted_once(rooms):
    code = rooms.start()
    rooms.join(code, ANNE)
    rooms.join(code, ANNE)
    assert rooms.join(code, BEN).people == 2


def test_rooms_do_not_see_each_others_answers(rooms):
    first, second = rooms.start(), rooms.start()
    rooms.answer(first, ANNE, QUESTION, 1)
    assert rooms.report(second).answers == {}


def test_codes_are_five_letters_that_cannot_be_confused_and_may_be_typed_in_any_way(rooms):
    code = rooms.start()
    assert re.fullmatch("[BCDFGHJKLMNPRSTWXZ]{5}", code)
    assert rooms.report(f" {code[:2].lower()}-{code[2:]}").code == code


def test_a_room_is_gone_after_two_hours(rooms, clock):
    code = rooms.start()
    clock.now += 7199
    assert rooms.report(code).seconds == 1
    clock.now += 1
    why = f'There is no room "{code}". Check the code; a room is gone after two hours, and when '
    with pytest.raises(LookupError, match=re.escape(why)):
        rooms.report(code)


@pytest.mark.parametrize(
    ("voter", "question", "option", "sentence"),
    [
        ("me", QUESTION, 0, 'voter is "me"; it must be 8 to 40 hexadecimal digits or hyphens.'),
        (ANNE, "<b>", 0, 'question is "<b>"; it must be 1 to 60 letters, digits or . : - _'),
        (ANNE, QUESTION, 10, "option is 10; it must be a whole number from 0 to 9."),
        (ANNE, QUESTION, None, "option is None; it must be a whole number from 0 to 9."),
    ],
)
def test_answers_that_are_not_allowed_are_refused_and_change_nothing(
    rooms, voter, question, option, sentence
):
    code = rooms.start()
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        rooms.answer(code, voter, question, option)
    assert (rooms.report(code).people, rooms.report(code).answers) == (0, {})


def test_a_room_holds_so_many_people_and_questions(rooms, monkeypatch):
    monkeypatch.setattr(module, "MOST_PEOPLE", 2)
    monkeypatch.setattr(module, "MOST_QUESTIONS", 1)
    code = rooms.start()
    rooms.answer(code, ANNE, QUESTION, 0)
    rooms.join(code, BEN)
    with pytest.raises(FullError, match=r"^The room is full: it holds 2 people\.$"):
        rooms.join(code, "c" * 16)
    with pytest.raises(FullError, match=rf"^Room {code} has answers to 1 questions already\.$"):
        rooms.answer(code, ANNE, "margins.3", 0)
    rooms.answer(code, BEN, QUESTION, 1)  # those who are there can still answer
    assert rooms.report(code).answers == {QUESTION: [1, 1]}


def test_a_full_server_refuses_a_room_until_one_is_not_read_for_ten_minutes(
    rooms, clock, monkeypatch
):
    monkeypatch.setattr(module, "MOST_ROOMS", 2)
    read, unread = rooms.start(), rooms.start()
    clock.now += 599
    rooms.report(read)
    with pytest.raises(FullError, match=r"^The server has as many rooms as it may \(2\)\."):
        rooms.start()
    clock.now += 1
    third = rooms.start()
    assert {rooms.report(code).code for code in (read, third)} == {read, third}
    with pytest.raises(LookupError):
        rooms.report(unread)
