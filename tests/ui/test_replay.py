"""The route that saves a page as one file."""

import json

import anyio
from starlette.requests import Request

from ammix_viz.runs import disk
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui.replay import replay

QUICK = Recipe(method="ce", epochs=2)


def ask(query):
    """Status, headers and body of the answer to a query."""
    scope = {"type": "http", "method": "GET", "path": "/replay", "headers": []}
    answer = anyio.run(replay, Request(scope | {"query_string": query.encode()}))
    return answer.status_code, answer.headers, answer.body.decode()


def test_the_replay_of_finished_runs_is_a_file_to_download():
    list(record([QUICK]))
    status, headers, page = ask("methods=ce&epochs=2&mixing=on&at=1")
    assert status == 200
    assert headers["content-disposition"] == 'attachment; filename="ammix_viz.html"'
    start = page.index('id="ammix-content">') + len('id="ammix-content">')
    content = json.loads(page[start : page.index("</script>", start)])
    assert [card["key"] for card in content["data"]["runs"]] == [QUICK.key]
    assert content["data"]["moment"] == {"choices": {"mixing": True}, "at": 1.0, "hidden": []}
    assert list(content["archive"]["runs"]) == [QUICK.key]


def test_what_cannot_be_saved_is_answered_with_a_sentence():
    status, _, body = ask("methods=ce,mixup&epochs=2")
    assert status == 409
    assert json.loads(body)["error"] == (
        "2 of 2 runs have not finished training; a replay can be saved after that."
    )
    list(record([QUICK]))
    disk.path(QUICK.key).write_bytes(b"nothing")
    status, _, body = ask("methods=ce&epochs=2")
    assert status == 409
    assert json.loads(body)["error"] == (
        f"The saved run {QUICK.key} cannot be used: its content has changed. Train it again to "
        "save a replay."
    )
    status, _, body = ask("lesson=algebra")
    assert (status, json.loads(body)["error"]) == (
        400,
        'lesson is "algebra"; it must be one of margins.',
    )
    assert ask(f"points={'a' * 9000}")[0] == 414
