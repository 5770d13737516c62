"""The routes of rooms over real HTTP: what they answer, and what they refuse."""

import http.client
import json
import threading
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.applications import Starlette
from support.waiting import wait_for

from ammix_viz.server import room_routes
from ammix_viz.server.rooms import Rooms

ANNE, BEN = "a" * 16, "b" * 16


@pytest.fixture(scope="module")
def port():
    wanted = Starlette(routes=room_routes.room_routes("/margins"))
    host = uvicorn.Server(uvicorn.Config(wanted, port=0, log_level="warning"))
    thread = threading.Thread(target=host.run)
    thread.start()
    wait_for(lambda: host.started, 20)
    yield host.servers[0].sockets[0].getsockname()[1]
    host.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def ask(port, monkeypatch):
    """Send a request below `/margins/rooms`; answers with status, headers and the JSON object."""
    monkeypatch.setattr(room_routes, "rooms", Rooms(lambda: 0.0))

    def send(method, path, content=None, **headers):
        body = content if isinstance(content, str) else json.dumps(content)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        kind = {"content-type": "application/json"} if content is not None else {}
        connection.request(method, "/margins/rooms" + path, body, kind | headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return SimpleNamespace(status=response.status, headers=response.headers, content=answer)

    return send


@pytest.fixture
def code(ask):
    return ask("POST", "", {}).content["code"]


def test_a_class_joins_answers_and_is_counted(ask, code, port):
    assert ask("POST", f"/{code.lower()}/people", {"voter": ANNE}).content == {
        "code": code,
        "people": 1,
        "seconds": 7200,
        "answers": {},
    }
    for voter, option in ((ANNE, 0), (BEN, 1), (BEN, 2)):
        content = {"voter": voter, "question": "margins.2", "option": option}
        ask("POST", f"/{code}/answers", content, origin=f"http://127.0.0.1:{port}")
    response = ask("GET", f"/{code}")
    assert response.headers["cache-control"] == "no-store"
    assert response.content["people"] == 2
    assert response.content["answers"] == {"margins.2": [1, 0, 1]}


def test_an_unknown_room_is_refused(ask):
    response = ask("GET", "/KXTZB")
    assert response.status == 404
    assert response.content["error"].startswith('There is no room "KXTZB". Check the code; ')


OBJECT = {"voter": ANNE}


@pytest.mark.parametrize(
    ("content", "headers", "status", "sentence"),
    [
        ({}, {}, 400, "voter is None; it must be a text."),
        ({"voter": 5}, {}, 400, "voter is 5; it must be a text."),
        ([ANNE], {}, 400, "The body must be a JSON object."),
        ("[" * 1000, {}, 400, "The body must be a JSON object."),
        ({"voter": "a" * 1000}, {}, 413, "The body is longer than 1000 bytes."),
        (OBJECT, {"content-type": "text/plain"}, 415, '"text/plain"; it must be application/json.'),
        (OBJECT, {"origin": "https://other.example"}, 403, "only from the pages of this server."),
        (OBJECT, {"origin": "null"}, 403, "only from the pages of this server."),
    ],
)
def test_other_requests_are_refused_with_a_sentence(ask, code, content, headers, status, sentence):
    response = ask("POST", f"/{code}/people", content, **headers)
    assert response.status == status
    assert sentence in response.content["error"]
    assert ask("GET", f"/{code}").content["people"] == 0


def test_rooms_are_not_opened_by_links(ask):
    response = ask("GET", "")
    assert response.status == 405
    assert response.content == {"error": "The method is GET; it must be POST."}


def test_a_full_server_asks_to_come_again(ask, monkeypatch):
    monkeypatch.setattr("ammix_viz.server.rooms.MOST_ROOMS", 1)
    ask("POST", "", {})
    response = ask("POST", "", {})
    assert (response.status, response.headers["retry-after"]) == (503, "60")
    assert response.content["error"].startswith("The server has as many rooms as it may (1).")
