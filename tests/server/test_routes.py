"""What each route answers, and what it refuses."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from support.streams import (
    LONG,
    ONE_STAGE,
    QUICK,
    Trainer,
    coded,
    frames,
    message,
    messages,
    write,
)
from support.training import train
from support.waiting import wait_for

from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs import disk, writer
from ammix_viz.runs.format import make_header, record_dtype
from ammix_viz.server import health, images, streams
from ammix_viz.server.inputs import input_plane
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits

AM = replace(QUICK, method="am_mixup")


def test_a_run_without_features_to_display_is_not_sent(get):
    headless = Recipe(data="cifar10_lt")
    width = {"feature_width": 64}
    header = make_header(headless, np.zeros(1, int), 1, tuple("abcd"), 16, ONE_STAGE, width)
    made = writer.Writer(header)
    made.append(np.zeros(1, record_dtype(4, 1, width=64)).tobytes())
    made.finish("ended")
    made.close()
    sent = messages(get(frames(headless)))
    why = f"The run {headless.key} has no 2-D features, so it cannot be displayed."
    assert [(run, json.loads(content)) for run, _, content in sent] == [
        (0, {"state": "failed", "position": 0, "why": why})
    ]
    response = get(f"/image?run={headless.key}&point=0")
    assert response.status == 404
    assert json.load(response)["error"] == (f"There is no such image: {headless.why_not_displayed}")


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        (
            "run=../../etc/passwd",
            404,
            'run is "../../etc/passwd"; a run\'s key is 24 hexadecimal digits.',
        ),
        ("run=" + "A" * 24, 404, f'run is "{"A" * 24}"; a run\'s key is 24 hexadecimal digits.'),
        ("run=" + "0" * 24, 404, f"There is no run {'0' * 24}."),
        (
            "run=" + "0" * 23 + "%0A",
            404,
            f'run is "{"0" * 23}?"; a run\'s key is 24 hexadecimal digits.',
        ),
        ("run=", 404, 'run is ""; a run\'s key is 24 hexadecimal digits.'),
        ("", 400, "0 runs are asked for; it must be 1 to 32."),
        ("&".join(["run=" + "0" * 24] * 33), 400, "33 runs are asked for; it must be 1 to 32."),
        ("x=" + "y" * 2000, 414, "The query is longer than 2000 characters."),
    ],
)
def test_an_invalid_run_is_refused_with_a_clear_message(get, query, status, why):
    response = get("/frames?" + query)
    assert (response.status, json.loads(response.read())) == (status, {"error": why})


@pytest.mark.parametrize("start", ["-1", "x", "1.5", "nan", "9999999"])
def test_a_start_that_is_no_record_number_is_refused(get, start):
    write(QUICK)
    response = get(frames(QUICK, start=start))
    shown = f'"{start}"' if start in ("x", "nan") else start
    why = f"from is {shown}; it must be a whole number from 0 to 1000000."
    assert (response.status, json.loads(response.read())) == (400, {"error": why})


def test_above_the_limit_of_streams_a_reader_is_asked_to_come_again(get, set_limits):
    set_limits(streams=1)
    trainer = Trainer(QUICK)
    first = get(frames(QUICK))
    message(first)
    response = get(frames(QUICK))
    assert (response.status, response.headers["retry-after"]) == (503, "5")
    why = "The server sends runs to as many pages as it may (1). Try again in a moment."
    assert json.loads(response.read()) == {"error": why}
    trainer.end()
    messages(first)
    assert get(frames(QUICK)).status == 200


def test_states_are_sent_and_count_as_reading(pool, get, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.6)
    ended = replace(QUICK, lr=0.05)
    write(ended)
    pool.submit([LONG])
    answer = json.loads(get(f"/states?run={LONG.key}&run={ended.key}").read())
    assert answer[LONG.key]["state"] in ("queued", "training")
    assert answer[ended.key] == {"state": "ended", "position": 0, "why": "", "wait": None}
    unread = replace(LONG, lr=0.05)
    pool.submit([unread])
    wait_for(lambda: pool.state(unread.key).state in ("unknown", "stopped"))
    assert pool.state(LONG.key).live


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (f"run={'0' * 24}&coding=zip", 'coding is "zip"; it must be predicted.'),
        (f"run={'0' * 24}&from=1&from=2", "from is there 2 times; it must be once, or 1 times."),
    ],
)
def test_an_invalid_coding_or_number_of_starts_is_refused(get, query, why):
    response = get("/frames?" + query)
    assert (response.status, json.loads(response.read())) == (400, {"error": why})


@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
def test_frames_can_only_be_read(get, method):
    write(QUICK)
    assert get(frames(QUICK), method).status == 405


def test_health_reports_workers_and_disk(get, tmp_path, monkeypatch):
    response = get("/healthz")
    assert (response.status, json.loads(response.read())) == (200, {"ok": True, "workers": 1})
    monkeypatch.setattr(health, "MIN_FREE_BYTES", 10**18)
    response = get("/healthz")
    assert response.status == 503
    assert "nearly full" in json.loads(response.read())["problems"][0]
    (tmp_path / "file").touch()
    monkeypatch.setenv("AMMIX_RUNS", str(tmp_path / "file"))
    why = "The folder of the runs cannot be written to: File exists."
    assert json.loads(get("/healthz").read()) == {"ok": False, "problems": [why]}


def test_the_image_behind_a_displayed_point_is_sent(pool, get):
    recipe = Recipe(data="digits", method="ce", epochs=1).canonical
    train([recipe])
    dataset = load_dataset(recipe)
    size = len(dataset.train)
    for point in (0, size + 3):
        response = get(f"/image?run={recipe.key}&point={point}")
        assert (response.status, response.headers["content-type"]) == (200, "image/png")
        seen = np.asarray(Image.open(io.BytesIO(response.read())))
        pixels = dataset.train[0] if point == 0 else dataset.test[3]
        np.testing.assert_array_equal(seen, (pixels[..., 0] * (255 / 16)).astype(np.uint8))


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("run=../../etc/passwd&point=1", 404, "a run's key is 24 hexadecimal digits."),
        (f"run={'0' * 24}&point=1", 404, "There is no such image: its run"),
        (f"run={'0' * 24}&point=-1", 400, "point is -1; it must be a whole number from 0 to"),
        (f"run={'0' * 24}", 400, "it must be a whole number from 0 to"),
    ],
)
def test_an_invalid_image_request_is_refused_with_a_clear_message(get, query, status, sentence):
    response = get(f"/image?{query}")
    assert response.status == status
    answer = json.loads(response.read())["error"]
    assert sentence in answer
    assert str(disk.folder()) not in answer


def test_images_that_cannot_be_read_disclose_no_path_of_the_server(
    pool, get, monkeypatch, tmp_path
):
    def unreadable(recipe):
        raise ValueError(f"AMMIX_IMAGES is {tmp_path}; it must be a folder.")

    train([QUICK])
    monkeypatch.setattr(Recipe, "on_images", property(lambda recipe: True))
    monkeypatch.setattr(images, "load_dataset", unreadable)
    answer = json.loads(get(f"/image?run={QUICK.key}&point=0").read())["error"]
    assert answer == "There is no such image: its run or its images cannot be read."


def test_a_run_of_the_toy_has_no_images_and_no_run_more_than_it_has(pool, get):
    digits = Recipe(data="digits", method="ce", epochs=1).canonical
    train([digits, QUICK])
    for key, point, why in ((QUICK.key, 0, "not on images"), (digits.key, 1797, "1797 displayed")):
        response = get(f"/image?run={key}&point={point}")
        assert response.status == 404
        assert why in json.loads(response.read())["error"]


def test_streams_poll_less_often_the_more_are_open_but_ten_times_a_second():
    assert [round(streams.pause(count), 3) for count in (1, 20, 100, 500)] == [
        0.031,
        0.05,
        0.1,
        0.1,
    ]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("part=all", 'part is "all"; it must be one of grid, mixed.'),
        ("part=grid&part_from=-1", "part_from is -1; it must be a whole number from 0 to 1000000."),
    ],
)
def test_an_invalid_part_is_refused_with_a_clear_message(get, query, sentence):
    response = get(f"{coded(AM)}&{query}")
    assert (response.status, json.load(response)["error"]) == (400, sentence)


def test_the_inputs_of_a_run_are_sent(get):
    train([AM])
    assert get(f"/inputs?run={AM.key}").read() == input_plane(AM.key)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"run={'0' * 24}", "There are no such inputs: the run cannot be read."),
        ("run=../x", 'run is "../x"; a run\'s key is 24 hexadecimal digits.'),
    ],
)
def test_an_invalid_request_for_inputs_is_refused_with_a_clear_message(get, query, sentence):
    response = get(f"/inputs?{query}")
    assert (response.status, json.load(response)["error"]) == (404, sentence)
