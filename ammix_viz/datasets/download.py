"""Archives from elsewhere: downloaded with their checksum, unpacked without trusting them."""

import shutil
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

RETRIES = 2
"""How often a failed download is begun anew."""

CHUNK_BYTES = 1 << 18

Report = Callable[[int, int], None]
"""Called with the bytes downloaded so far and those in all."""


class Unobtainable(RuntimeError):  # noqa: N818
    """What was asked for cannot be had; the message says why, without a full stop."""


class Progress:
    """What pooch takes for a progress bar: it passes bytes on to `report`.

    Parameters
    ----------
    size : int
        The bytes in all, where the server does not say.
    report : callable
        Called with the bytes downloaded and those in all.
    """

    def __init__(self, size: int, report: Report) -> None:
        self._size, self._report = size, report
        self.total = size

    @property
    def total(self) -> int:
        """The bytes in all; pooch sets them when an attempt begins."""
        return self._total

    @total.setter
    def total(self, value: int) -> None:
        self._total, self._done = value or self._size, 0
        self._report(self._done, self._total)

    def update(self, count: int) -> None:
        """Count bytes; pooch counts a whole chunk where the last one is shorter."""
        self._done = min(self._done + count, self._total)
        self._report(self._done, self._total)

    def reset(self) -> None:
        """Do nothing: pooch would count everything once more, at the end."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def download(url: str, md5: str, folder: Path, progress: Progress) -> Path:
    """Download a file into a folder and check it, trying again where that may help.

    Raises
    ------
    Unobtainable
        If it does not come, or is another file than expected.
    OSError
        If it cannot be written.
    """
    import pooch
    from requests import RequestException

    pooch.get_logger().setLevel("WARNING")
    name = "archive"
    known = {name: f"md5:{md5}"}
    source = pooch.create(folder, "", registry=known, urls={name: url}, retry_if_failed=RETRIES)
    downloader = pooch.HTTPDownloader(progressbar=progress, chunk_size=CHUNK_BYTES)
    try:
        return Path(source.fetch(name, downloader=downloader))
    except RequestException as error:
        raise Unobtainable(_in_words(error, urlsplit(url).hostname or url)) from None
    except ValueError:
        raise Unobtainable("what came is another file (its MD5 is not the known one)") from None


def _in_words(error: Exception, host: str) -> str:
    from requests.exceptions import ChunkedEncodingError, HTTPError, Timeout

    if isinstance(error, HTTPError) and error.response is not None:
        return f"{host} answered with {error.response.status_code} {error.response.reason}"
    if isinstance(error, ChunkedEncodingError):
        return f"the connection to {host} broke off"
    if isinstance(error, Timeout):
        return f"{host} did not answer in time"
    return f"{host} could not be reached"


def unpack(archive: Path, folder: Path, sizes: Mapping[str, range]) -> None:
    """Write the plain files with just these names into a folder, flat; leave all else.

    Parameters
    ----------
    archive : Path
        A tar file, compressed with gzip.
    folder : Path
        Where the files go, by the last part of their names.
    sizes : mapping of str to range
        For each name, as it stands in the archive, how many bytes it may have.

    Raises
    ------
    Unobtainable
        If one is missing or has another size, or the archive is damaged.
    """
    missing = dict(sizes)
    try:
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                content = members.extractfile(member) if member.isreg() else None
                if content and member.name in missing:
                    _check_size(member, missing.pop(member.name))
                    with (folder / Path(member.name).name).open("xb") as file:
                        shutil.copyfileobj(content, file)
    except tarfile.TarError:
        raise Unobtainable("the archive is damaged") from None
    if missing:
        raise Unobtainable(f"the archive lacks {', '.join(missing)}")


def _check_size(member: tarfile.TarInfo, allowed: range) -> None:
    if member.size not in allowed:
        raise Unobtainable(f"{member.name} in the archive has {member.size} bytes, not as expected")
