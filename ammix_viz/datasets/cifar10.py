"""Four classes of CIFAR-10: where its files lie, what is wrong with them, and how they get there.

The files are those of the official binary version. A record is one byte for the label and 3072
for the image: 1024 red ones, row by row, 1024 green ones and 1024 blue ones.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from filelock import FileLock

from ammix_viz.datasets.download import Progress, Report, Unobtainable, download
from ammix_viz.datasets.folders import why_not_writable

CLASSES = ("airplane", "automobile", "bird", "cat")
"""The classes that are read, in the order of their labels, 0 to 3."""

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
SIZE = 170_052_171
"""Bytes of the archive."""

RECORD_BYTES = 3073

NAME = "cifar-10-batches-bin"
TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"
META = "batches.meta.txt"

COMMAND = "`python -m ammix_viz fetch-data cifar10`"

Stamp = tuple[tuple[int, int], ...]
"""The time of the last change and the size of each file."""


@dataclass(frozen=True, eq=False)
class Images:
    """The images of four classes, sorted by class and in the files' order within a class.

    Attributes
    ----------
    train, test : array of uint8, shape (N, 3, 32, 32)
        Red, green and blue, from 0 to 255. Read-only.
    train_labels, test_labels : array of int64, shape (N,)
        Indices into `CLASSES`. Read-only.
    """

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


def folder() -> Path:
    """Return the folder of the data: `AMMIX_DATA`, or a folder in the user's cache."""
    chosen = os.environ.get("AMMIX_DATA")
    if chosen:
        return Path(chosen)
    from pooch import os_cache  # loads requests, which takes 0.2 s

    return os_cache("ammix_viz") / "data"


def problem() -> str:
    """Return what keeps the images from being read and what to do about it; "" if nothing does.

    Only the sizes of the files are looked at, so that it may be called often; what `read` found
    wrong inside them is remembered until they change.
    """
    place = folder() / NAME
    try:
        if not os.path.lexists(place):
            return f"CIFAR-10 is not in {folder()}; {COMMAND} gets it. Digits need no download."
        wrong = _wrong_outside(place)
        return _about(place, wrong) if wrong else _found_wrong.get((place, _stamp(place)), "")
    except OSError as error:
        return _about(place, f"cannot be read ({error.strerror})")


def read() -> Images:
    """Return the images; they stay in memory until the files change.

    Raises
    ------
    ValueError
        With the sentence of `problem`.
    """
    if why := problem():
        raise ValueError(why)
    place = folder() / NAME
    stamp = _stamp(place)
    try:
        return _load(place, stamp)
    except OSError as error:
        raise ValueError(_about(place, f"cannot be read ({error.strerror})")) from None
    except ValueError as error:
        _found_wrong.clear()
        _found_wrong[place, stamp] = _about(place, str(error))
        raise ValueError(_found_wrong[place, stamp]) from None


_found_wrong: dict[tuple[Path, Stamp], str] = {}


def _about(place: Path, wrong: str) -> str:
    return (
        f"CIFAR-10 in {place} {wrong}; remove or rename that folder, and {COMMAND} gets it anew. "
        "Digits need no download."
    )


def _wrong_outside(place: Path) -> str:
    missing = [name for name in (*TRAIN, TEST, META) if not (place / name).is_file()]
    if missing:
        return f"lacks {', '.join(missing)}"
    for name in (*TRAIN, TEST):
        size = (place / name).stat().st_size
        if size == 0 or size % RECORD_BYTES:
            how = f"{size} bytes long, no multiple of {RECORD_BYTES}" if size else "empty"
            return f"is damaged: {name} is {how}"
    return ""


def _stamp(place: Path) -> Stamp:
    found = [(place / name).stat() for name in (*TRAIN, TEST)]
    return tuple((each.st_mtime_ns, each.st_size) for each in found)


@lru_cache(maxsize=1)
def _load(place: Path, stamp: Stamp) -> Images:
    train = _split([place / name for name in TRAIN], "training")
    return Images(*train, *_split([place / TEST], "test"))


def _split(files: Sequence[Path], kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and labels of a few files; only the rows of our classes are copied."""
    records = [np.memmap(file, np.uint8, "r").reshape(-1, RECORD_BYTES) for file in files]
    given = [np.array(each[:, 0]) for each in records]
    for file, labels in zip(files, given, strict=True):
        if labels.max() > 9:
            raise ValueError(f"is damaged: {file.name} has the label {labels.max()}, above 9")
    counts = np.bincount(np.concatenate(given), minlength=10)[: len(CLASSES)]
    for name, count in zip(CLASSES, counts, strict=True):
        if count == 0:
            raise ValueError(f"has no {name} among its {kind} images")
    images = np.empty((counts.sum(), 3, 32, 32), np.uint8)
    end = 0
    for label in range(len(CLASSES)):
        for each, labels in zip(records, given, strict=True):
            rows = np.flatnonzero(labels == label)
            start, end = end, end + len(rows)
            images[start:end] = each[rows, 1:].reshape(-1, 3, 32, 32)
    sorted_labels = np.repeat(np.arange(len(CLASSES), dtype=np.int64), counts)
    for array in (images, sorted_labels):
        array.setflags(write=False)
    return images, sorted_labels


def fetch(report: Report = lambda done, total: None) -> Path:
    """Download the official archive and unpack it, unless it is there.

    Parameters
    ----------
    report : callable
        Called with the bytes downloaded and those in all; the first fall back to 0 on a retry.

    Returns
    -------
    Path
        The folder that holds the files.

    Raises
    ------
    ValueError
        If something that cannot be read is there, which is left alone, or the folder cannot be
        written.
    RuntimeError
        If the archive cannot be had or unpacked; nothing of it is left.
    """
    place = folder() / NAME
    if not _is_there(place):
        if why := why_not_writable(folder()):
            raise ValueError(_not_writable(why))
        try:
            with FileLock(folder() / ".cifar-10.lock"):
                if not _is_there(place):
                    _put(place, report)
        except Unobtainable as error:
            raise _failure(str(error)) from None
        except OSError as error:
            raise RuntimeError(_not_writable(error.strerror)) from None
    return place


def _is_there(place: Path) -> bool:
    why = problem()
    if why and os.path.lexists(place):
        raise ValueError(why)
    return not why


def _put(place: Path, report: Report) -> None:
    """Put the files in place by one rename, so that no half of them is ever there."""
    members = [f"{NAME}/{name}" for name in (*TRAIN, TEST, META)]
    with _workshop() as workshop:
        download(URL, MD5, workshop, members, Progress(SIZE, report))
        if wrong := _wrong_outside(workshop / NAME):
            raise Unobtainable(f"the archive {wrong}")
        (workshop / NAME).rename(place)


@contextlib.contextmanager
def _workshop() -> Iterator[Path]:
    """Make a folder for one fetch; what a killed one has left there is swept away."""
    place = folder() / ".cifar-10.new"
    if place.exists():
        shutil.rmtree(place)
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _not_writable(why: str | None) -> str:
    return f"The data folder {folder()} cannot be written ({why}); AMMIX_DATA names another one."


def _failure(why: str) -> RuntimeError:
    return RuntimeError(
        f"CIFAR-10 could not be fetched: {why}. Try again, or unpack {URL} in {folder()} yourself."
    )
