"""CIFAR-10: its files are located, downloaded, checked and read here.

The files are those of the official binary version. A record is one byte for the label and 3072
bytes for the image: the red channel row by row (1024 bytes), then green, then blue.
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

from ammix_viz.datasets.download import DownloadError, Progress, Report, download
from ammix_viz.datasets.folders import user_folder, why_not_writable

CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
"""The classes, in the order of their labels, 0 to 9."""

MINI_CIFAR = 4
"""The number of classes of Mini-CIFAR, the first ones."""

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
SIZE = 170_052_171
"""Size of the archive in bytes."""

RECORD_BYTES = 3073

NAME = "cifar-10-batches-bin"
TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"
META = "batches.meta.txt"

COMMAND = "`python -m ammix_viz fetch-data cifar10`"

Stamp = tuple[tuple[int, int], ...]
"""Modification time and size of each file."""


@dataclass(frozen=True, eq=False)
class Images:
    """The images of some classes, sorted by class and in the files' order within a class.

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
    """Return the data folder: `AMMIX_DATA`, or a folder in the user's cache."""
    return user_folder("AMMIX_DATA", "data")


def problem(classes: int = MINI_CIFAR) -> str:
    """Return why the first classes cannot be read and what to do about it; "" if they can be.

    Only file sizes are checked, so this can be called often. Damage that `read` finds inside the
    files is remembered until the files change.
    """
    place = folder() / NAME
    try:
        if not os.path.lexists(place):
            return f"CIFAR-10 is not in {folder()}; {COMMAND} gets it. Digits need no download."
        wrong = _damage_by_size(place)
        if wrong:
            return _sentence(place, wrong)
        return _known_damage.get((place, _stamp(place), classes), "")
    except OSError as error:
        return _sentence(place, f"cannot be read ({error.strerror})")


def read(classes: int = MINI_CIFAR) -> Images:
    """Return the images of the first classes. They are cached until the files change.

    Raises
    ------
    ValueError
        If the files are missing or damaged; the message is that of `problem`.
    """
    if why := problem(classes):
        raise ValueError(why)
    place = folder() / NAME
    stamp = _stamp(place)
    try:
        return _load(place, stamp, classes)
    except OSError as error:
        raise ValueError(_sentence(place, f"cannot be read ({error.strerror})")) from None
    except ValueError as error:
        _known_damage.clear()
        _known_damage[place, stamp, classes] = _sentence(place, str(error))
        raise ValueError(_known_damage[place, stamp, classes]) from None


_known_damage: dict[tuple[Path, Stamp, int], str] = {}


def _sentence(place: Path, wrong: str) -> str:
    return (
        f"CIFAR-10 in {place} {wrong}; remove or rename that folder, and {COMMAND} gets it anew. "
        "Digits need no download."
    )


def _damage_by_size(place: Path) -> str:
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
    stats = [(place / name).stat() for name in (*TRAIN, TEST)]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)


@lru_cache(maxsize=2)
def _load(place: Path, stamp: Stamp, classes: int) -> Images:
    train = _split([place / name for name in TRAIN], "training", CLASSES[:classes])
    return Images(*train, *_split([place / TEST], "test", CLASSES[:classes]))


def _split(
    files: Sequence[Path], kind: str, classes: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels of some files; only the records of these classes are copied."""
    records = [np.memmap(file, np.uint8, "r").reshape(-1, RECORD_BYTES) for file in files]
    labels_of_files = [np.array(each[:, 0]) for each in records]
    for file, labels in zip(files, labels_of_files, strict=True):
        if labels.max() > 9:
            raise ValueError(f"is damaged: {file.name} has the label {labels.max()}, above 9")
    counts = np.bincount(np.concatenate(labels_of_files), minlength=10)[: len(classes)]
    for name, count in zip(classes, counts, strict=True):
        if count == 0:
            raise ValueError(f"has no {name} among its {kind} images")
    images = np.empty((counts.sum(), 3, 32, 32), np.uint8)
    end = 0
    for label in range(len(classes)):
        for each, labels in zip(records, labels_of_files, strict=True):
            rows = np.flatnonzero(labels == label)
            start, end = end, end + len(rows)
            images[start:end] = each[rows, 1:].reshape(-1, 3, 32, 32)
    sorted_labels = np.repeat(np.arange(len(classes), dtype=np.int64), counts)
    for array in (images, sorted_labels):
        array.setflags(write=False)
    return images, sorted_labels


def fetch(report: Report = lambda done, total: None) -> Path:
    """Download the official archive and unpack it, unless it is already there.

    Parameters
    ----------
    report : callable
        Called with the bytes downloaded so far and in total; the former restart at 0 on a retry.

    Returns
    -------
    Path
        The folder with the files.

    Raises
    ------
    ValueError
        If there are files that cannot be read (they are kept), or the data folder cannot be
        written.
    RuntimeError
        If the archive cannot be downloaded or unpacked; nothing of it is left behind.
    """
    place = folder() / NAME
    if not _is_there(place):
        if why := why_not_writable(folder()):
            raise ValueError(_not_writable(why))
        try:
            with FileLock(folder() / ".cifar-10.lock"):
                if not _is_there(place):
                    _install(place, report)
        except DownloadError as error:
            raise _failure(str(error)) from None
        except OSError as error:
            raise RuntimeError(_not_writable(error.strerror)) from None
    return place


def _is_there(place: Path) -> bool:
    why = problem()
    if why and os.path.lexists(place):
        raise ValueError(why)
    return not why


def _install(place: Path, report: Report) -> None:
    """Download to a temporary folder, then rename it, so that the files appear all at once."""
    members = [f"{NAME}/{name}" for name in (*TRAIN, TEST, META)]
    with _temporary_folder() as temporary:
        download(URL, MD5, temporary, members, Progress(SIZE, report))
        if wrong := _damage_by_size(temporary / NAME):
            raise DownloadError(f"the archive {wrong}")
        (temporary / NAME).rename(place)


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Make a temporary folder for one download; leftovers of a killed one are removed."""
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
