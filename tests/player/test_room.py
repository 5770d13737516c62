"""A room in the lesson: its teacher's page and its students' pages, on the server's rooms."""

import json
from dataclasses import asdict
from urllib.parse import urlsplit

import pytest
from support.player_browser import (
    run_script,
    text_is,
    until,
)

from ammix_viz.player.bundle import lesson_bundle
from ammix_viz.server.rooms import Rooms

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

GONE = "Check the code; a room is gone after two hours, and when the server is started again."
PANEL = """() => {
  const ways = { ...waysAt("/"), qr: async () => "<svg></svg>" };
  const question = new Question({ text: "Which?", options: ["A", "B", "C"], answer: 2 }, () => {});
  window.panel = new RoomPanel(ways, (counts) => question.tally(counts));
  const { button, notice, line, dialog } = window.panel;
  document.querySelector("#here").replaceChildren(button, notice, question.element, line, dialog);
  window.panel.ask("margins.2");
  return 1;
}"""


class Served:
    """The server's rooms, behind the requests of pages; it can be away, and time can pass."""

    def __init__(self):
        self.now, self.away = 0.0, False
        self.rooms = Rooms(lambda: self.now)

    def report(self, path, content):
        if not path:
            return self.rooms.report(self.rooms.start())
        if content is None:
            return self.rooms.report(path[0])
        action = {"people": self.rooms.join, "answers": self.rooms.answer}[path[1]]
        return action(path[0], **content)

    def answer(self, route):
        if self.away:
            route.abort()
            return
        path = urlsplit(route.request.url).path.split("/")[2:]
        try:
            route.fulfill(
                json=asdict(self.report(path, json.loads(route.request.post_data or "null")))
            )
        except LookupError as error:
            route.fulfill(status=404, json={"error": error.args[0]})


@pytest.fixture
def served():
    return Served()


@pytest.fixture
def enter(open_page, served):
    """Open the page of one more person."""

    def open_it():
        page = open_page()
        page.clock.install()
        page.route("**/rooms**", served.answer)
        run_script(page, "Question, RoomPanel, waysAt", PANEL, lesson_bundle)
        return page

    return open_it


@pytest.fixture
def teacher(enter):
    page = enter()
    page.click("text=Answer together")
    page.click("text=Start a room")
    page.locator(".ammix-room-code").wait_for()
    return page


def join(page, code):
    page.click("text=Answer together")
    page.get_by_label("Code of the room").fill(code.lower())
    page.get_by_role("button", name="Join").click()
    page.get_by_text(f"Your answers are counted in room {code.upper()}.").wait_for()


def tally(page):
    """The counts beside the options."""
    return page.locator(".ammix-lesson-tally-count").all_inner_texts()


def choose(page, option):
    page.evaluate("(option) => window.panel.answer(option)", option)


def test_the_teacher_sees_how_many_chose_each_answer_when_asking_to(teacher, enter):
    code = teacher.inner_text(".ammix-room-code")
    student, other = enter(), enter()
    for page, chosen in ((student, (1, 2)), (other, (0,))):
        join(page, code)
        for option in chosen:
            choose(page, option)
    teacher.get_by_role("button", name="Close").click()
    teacher.clock.fast_forward(2500)
    text_is(teacher, teacher.locator(".ammix-room-line"), "2 of 2 people answered")
    assert tally(teacher) == []
    teacher.click("text=Show answers")
    assert tally(teacher) == ["1", "0", "1"]
    assert tally(student) == []
    teacher.evaluate("window.panel.ask('margins.3')")
    assert tally(teacher) == []


def test_answers_given_while_the_server_is_away_are_sent_again(teacher, enter, served):
    code = teacher.inner_text(".ammix-room-code")
    student = enter()
    join(student, code)
    student.get_by_role("button", name="Close").click()
    served.away = True
    choose(student, 1)
    text_is(student, student.locator(".ammix-room-notice"), "^The server does not answer.")
    served.away = False
    student.clock.fast_forward(3500)
    until(student, "() => window.panel.room.unsent.size === 0")
    assert served.rooms.report(code).answers == {"margins.2": [0, 1]}
    assert student.locator(".ammix-room-notice").is_hidden()


def test_a_room_that_is_gone_is_said_and_another_can_be_opened(teacher, enter, served):
    code = teacher.inner_text(".ammix-room-code")
    teacher.get_by_role("button", name="Close").click()
    served.now = 7200.0
    teacher.clock.fast_forward(2500)
    sentence = f'There is no room "{code}". {GONE}'
    teacher.get_by_text(sentence).wait_for()
    assert teacher.locator(".ammix-room-button").inner_text() == "Answer together"
    student = enter()
    student.click("text=Answer together")
    student.get_by_label("Code of the room").fill(code)
    student.get_by_role("button", name="Join").click()
    student.locator(".ammix-room-status", has_text=sentence).wait_for()
