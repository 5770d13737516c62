import hashlib
import http.server
import io
import json
import subprocess
import sys
import tarfile
import threading
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pooch
import pytest
from streamlit.testing.v1 import AppTest
from support.notices import texts
from support.waiting import wait_for

from ammix_viz.__main__ import main
from ammix_viz.datasets import cifar10, download
from ammix_viz.ui.cifar import DOWNLOAD

LABELS = bytes([3, 9, 1, 0, 2, 0])
"""The labels in each file of images."""

FETCH = "`python -m ammix_viz fetch-data cifar10`"
ANEW = f"; remove or rename that folder, and {FETCH} gets it anew. Digits need no download."


def image(number, place):
    """Give an image bytes of its own: its file, its place there, channel, row and column."""
    pixels = np.arange(3072) % 251
    pixels[:2] = number, place
    return pixels.astype(np.uint8).tobytes()


def batch(number, labels=LABELS):
    return b"".join(bytes([label]) + image(number, i) for i, label in enumerate(labels))


def contents():
    files = {name: batch(i) for i, name in enumerate((*cifar10.TRAIN, cifar10.TEST), 1)}
    return files | {cifar10.META: b"airplane\n"}


def tar(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=0) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name if "/" in name else f"{cifar10.NAME}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    monkeypatch.setenv("AMMIX_DATA", str(folder))
    return folder


@pytest.fixture
def place(folder):
    place = folder / cifar10.NAME
    place.mkdir(parents=True)
    for name, content in contents().items():
        (place / name).write_bytes(content)
    return place


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.server
        site.requests += 1
        site.open.wait(10)
        status, lost = site.faults.pop() if site.faults else (200, 0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(site.content)))
        self.end_headers()
        self.wfile.write(site.content[: len(site.content) - lost])

    def log_message(self, *_):
        pass


@pytest.fixture
def site(monkeypatch):
    """Serve a small archive instead of the official one."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests, server.faults, server.open = 0, [], threading.Event()
    server.open.set()

    def serve(content):
        server.content = content
        monkeypatch.setattr(cifar10, "MD5", hashlib.md5(content).hexdigest())

    server.serve = serve
    serve(tar(contents()))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr(cifar10, "URL", f"http://127.0.0.1:{server.server_port}/cifar.tar.gz")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("pooch.core.time", SimpleNamespace(sleep=lambda _: None))
    yield server
    server.open.set()
    server.shutdown()
    server.server_close()


def left_in(folder):
    return sorted(p.name for p in folder.iterdir() if p.suffix != ".lock")


def test_images_are_those_of_four_classes_sorted_by_class_in_the_files_order(place):
    images = cifar10.read()
    assert images.train.shape == (25, 3, 32, 32)
    assert images.train.dtype == np.uint8
    assert images.train_labels.dtype == np.int64
    assert images.train_labels.tolist() == [0] * 10 + [1] * 5 + [2] * 5 + [3] * 5
    assert images.test_labels.tolist() == [0, 0, 1, 2, 3]
    assert images.train[:, 0, 0, :2].tolist() == [
        *([number, i] for number in range(1, 6) for i in (3, 5)),
        *([number, i] for i in (2, 4, 0) for number in range(1, 6)),
    ]
    assert images.test[:, 0, 0, :2].tolist() == [[6, i] for i in (3, 5, 2, 4, 0)]
    assert images.train[7, 2, 5, 9] == (2 * 1024 + 5 * 32 + 9) % 251
    assert cifar10.problem() == ""


def test_images_cannot_be_changed_and_are_read_again_only_when_a_file_changes(place):
    images = cifar10.read()
    for array in (images.train, images.train_labels, images.test, images.test_labels):
        assert not array.flags.writeable
    assert cifar10.read() is images
    (place / cifar10.TEST).write_bytes(batch(6) * 2)
    assert len(cifar10.read().test) == 10


def test_data_lie_in_the_cache_unless_a_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("AMMIX_DATA")
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / project)
    assert cifar10.folder() == tmp_path / "ammix_viz" / "data"


def test_missing_files_are_reported_with_the_command_to_get_them(folder):
    sentence = f"CIFAR-10 is not in {folder}; {FETCH} gets it. Digits need no download."
    assert cifar10.problem() == sentence
    with pytest.raises(ValueError, match="is not in"):
        cifar10.read()


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        (
            dict.fromkeys(("data_batch_2.bin", "data_batch_4.bin", cifar10.TEST)),
            "lacks data_batch_2.bin, data_batch_4.bin, test_batch.bin",
        ),
        ({cifar10.META: None}, "lacks batches.meta.txt"),
        ({cifar10.TEST: b""}, "is damaged: test_batch.bin is empty"),
        (
            {"data_batch_3.bin": batch(3)[:-1]},
            "is damaged: data_batch_3.bin is 18437 bytes long, no multiple of 3073",
        ),
    ],
)
def test_files_that_are_missing_or_cut_short_are_named(place, changed, wrong):
    for name, content in changed.items():
        (place / name).unlink() if content is None else (place / name).write_bytes(content)
    assert cifar10.problem() == f"CIFAR-10 in {place} {wrong}{ANEW}"
    with pytest.raises(ValueError, match=wrong):
        cifar10.read()


@pytest.mark.parametrize(
    ("labels", "wrong"),
    [
        (b"\0\1\2\3\n\0", "is damaged: test_batch.bin has the label 10, above 9"),
        (b"\0\1\2\4\5\6", "has no cat among its test images"),
    ],
)
def test_damage_inside_files_is_found_on_reading_and_remembered(place, labels, wrong):
    (place / cifar10.TEST).write_bytes(batch(6, labels))
    assert cifar10.problem() == ""
    with pytest.raises(ValueError, match=wrong) as caught:
        cifar10.read()
    assert str(caught.value) == cifar10.problem() == f"CIFAR-10 in {place} {wrong}{ANEW}"
    (place / cifar10.TEST).write_bytes(batch(6) * 3)
    assert cifar10.problem() == ""
    assert len(cifar10.read().test) == 15


def test_fetch_puts_the_files_in_place_and_reports_the_bytes(site, folder, monkeypatch):
    monkeypatch.setattr(download, "CHUNK_BYTES", 1000)
    (folder / ".cifar-10.new" / "of a killed one").mkdir(parents=True)
    seen = []
    assert cifar10.fetch(lambda done, total: seen.append((done, total))) == folder / cifar10.NAME
    assert {p.name: p.read_bytes() for p in (folder / cifar10.NAME).iterdir()} == contents()
    assert left_in(folder) == [cifar10.NAME]
    size = len(site.content)
    steps = [(min(done, size), size) for done in range(0, size + 1000, 1000)]
    assert list(dict.fromkeys(seen)) == [(0, cifar10.SIZE), *steps]
    cifar10.fetch()
    assert site.requests == 1


def test_a_failed_download_is_repeated(site, folder, monkeypatch, caplog):
    monkeypatch.setattr(download, "CHUNK_BYTES", 10_000)
    site.faults = [(200, 100), (503, 0)]
    monkeypatch.setattr(pooch.get_logger(), "handlers", [caplog.handler])
    seen = []
    cifar10.fetch(lambda done, _: seen.append(done))
    assert site.requests == 3
    assert sum(after < before for before, after in pairwise(seen)) == 1
    assert not caplog.records
    assert cifar10.problem() == ""


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ((200, 100), "the connection to 127.0.0.1 broke off"),
        ((404, 0), "127.0.0.1 answered with 404 Not Found"),
        ("md5", "what came is another file (its MD5 is not the known one)"),
        ("nobody", "127.0.0.1 could not be reached"),
        (tar(contents())[:50_000], "the archive is damaged"),
        (b"<html>", "the archive is damaged"),
        (
            tar(dict(list(contents().items())[:4])),
            "the archive lacks data_batch_5.bin, test_batch.bin, batches.meta.txt",
        ),
        (
            tar(contents() | {cifar10.TEST: batch(6)[1:]}),
            "the archive is damaged: test_batch.bin is 18437 bytes long, no multiple of 3073",
        ),
    ],
)
def test_a_fetch_that_fails_says_why_and_leaves_nothing(site, folder, monkeypatch, fault, why):
    if isinstance(fault, tuple):
        site.faults = [fault] * (1 + download.RETRIES)
    elif isinstance(fault, bytes):
        site.serve(fault)
    elif fault == "md5":
        monkeypatch.setattr(cifar10, "MD5", "0" * 32)
    else:
        monkeypatch.setattr(cifar10, "URL", "http://127.0.0.1:9/cifar.tar.gz")
    with pytest.raises(RuntimeError) as caught:
        cifar10.fetch()
    assert str(caught.value) == (
        f"CIFAR-10 could not be fetched: {why}. "
        f"Try again, or unpack {cifar10.URL} in {folder} yourself."
    )
    assert left_in(folder) == []


def test_an_archive_writes_nothing_but_the_expected_files(site, folder, tmp_path):
    evil = ("../x", "../../x", f"{cifar10.NAME}/../../../x", str(tmp_path / "x"), "more")
    site.serve(tar(contents() | dict.fromkeys(evil, b"x")))
    cifar10.fetch()
    assert {p.name: p.read_bytes() for p in (folder / cifar10.NAME).iterdir()} == contents()
    assert not any(p.name == "x" for p in tmp_path.rglob("*"))


def test_existing_files_are_used_or_left_alone(site, place):
    assert cifar10.fetch() == place
    assert left_in(place.parent) == [cifar10.NAME]
    (place / cifar10.TEST).write_bytes(b"mine")
    with pytest.raises(ValueError, match="remove or rename that folder") as caught:
        cifar10.fetch()
    assert str(place) in str(caught.value)
    assert (place / cifar10.TEST).read_bytes() == b"mine"
    assert site.requests == 0


def test_two_fetches_at_a_time_download_once(site, folder, monkeypatch):
    arrived = threading.Semaphore(0)

    class Lock(cifar10.FileLock):
        def acquire(self, *arguments, **options):
            arrived.release()  # it has seen that nothing is there
            return super().acquire(*arguments, **options)

    monkeypatch.setattr(cifar10, "FileLock", Lock)
    site.open.clear()
    threads = [threading.Thread(target=cifar10.fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert arrived.acquire(timeout=30)
    site.open.set()
    for thread in threads:
        thread.join(30)
    assert (site.requests, cifar10.problem()) == (1, "")


def test_a_folder_that_cannot_be_written_is_reported(site, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(ValueError, match="cannot be written") as error:
        cifar10.fetch()
    assert str(error.value) == (
        f"The data folder {tmp_path}/file/data cannot be written (Not a directory); AMMIX_DATA "
        "names another one."
    )


def test_the_command_fetches_and_counts(site, folder, capsys):
    assert main(["fetch-data", "cifar10", "--json"]) == 0
    each = {"airplane": 2, "automobile": 1, "bird": 1, "cat": 1}
    assert json.loads(capsys.readouterr().out) == {
        "folder": str(folder / cifar10.NAME),
        "train": {name: 5 * count for name, count in each.items()},
        "test": each,
    }
    assert main(["fetch-data", "cifar10"]) == 0
    printed = capsys.readouterr()
    lines = [line.split() for line in printed.out.splitlines()]
    assert lines[0] == ["CIFAR-10", "is", "in", str(folder / cifar10.NAME)]
    assert lines[1:3] == [["images", "train", "test"], ["airplane", "10", "2"]]
    assert printed.err == ""


def test_the_command_ends_with_one_or_two_and_a_sentence(site, folder, capsys):
    site.faults = [(404, 0)] * 3
    assert main(["fetch-data", "cifar10"]) == 1
    assert capsys.readouterr().err.startswith("CIFAR-10 could not be fetched: 127.0.0.1 answered")
    (folder / cifar10.NAME).mkdir()
    assert main(["fetch-data", "cifar10"]) == 2
    assert capsys.readouterr().err.strip() == cifar10.problem()
    assert main(["fetch-data", "cifar"]) == 2
    assert capsys.readouterr().err == (
        'The data set is "cifar"; it must be one of cifar10. Did you mean cifar10?\n'
    )


def test_reading_and_fetching_need_neither_streamlit_nor_torch():
    code = (
        "import ammix_viz.datasets.cifar10, ammix_viz.commands.fetch_data, sys;"
        "assert not {'streamlit', 'plotly', 'torch', 'pooch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def page():
    import streamlit as st

    from ammix_viz.datasets import cifar10
    from ammix_viz.ui.cifar import offer

    if cifar10.problem():
        offer()
    else:
        st.write("ready")


def test_a_page_offers_the_download_follows_it_and_says_why_it_failed(site, monkeypatch):
    def ended():
        return not DOWNLOAD.running

    monkeypatch.setattr(DOWNLOAD, "failure", "")
    opened = AppTest.from_function(page, default_timeout=10).run()
    assert texts(opened.info) == [cifar10.problem()]
    site.faults = [(404, 0)] * 3
    opened.button[0].click().run()
    wait_for(ended)
    opened.run()
    assert "answered with 404 Not Found" in opened.error[0].value
    site.open.clear()
    opened.button[0].click().run()
    other = AppTest.from_function(page, default_timeout=10).run()
    DOWNLOAD.begin()  # has begun: no further request
    for each in (opened, other):
        assert not each.button
        assert each.get("progress")[0].proto.text == "Downloading CIFAR-10: 0 of 170 MB"
    site.open.set()
    wait_for(ended)
    assert [each.run().markdown[0].value for each in (opened, other)] == ["ready", "ready"]
    assert DOWNLOAD.failure == ""
    assert site.requests == 4
