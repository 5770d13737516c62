"""Archives downloaded, checked and unpacked by pooch."""

import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

RETRIES = 2
"""How often a failed download is repeated."""

CHUNK_BYTES = 1 << 18

Report = Callable[[int, int], None]
"""Called with the bytes downloaded so far and in total."""


class DownloadError(RuntimeError):
    """A download failed; the message says why, without a full stop."""


class Progress:
    """A progress bar for pooch that calls `report`.

    Parameters
    ----------
    size : int
        The total in bytes, if the server does not send it.
    report : callable
        Called with the bytes downloaded so far and in total.
    """

    def __init__(self, size: int, report: Report) -> None:
        self._size, self._report = size, report
        self.total = size

    @property
    def total(self) -> int:
        """The total in bytes; pooch sets it when an attempt begins."""
        return self._total

    @total.setter
    def total(self, value: int) -> None:
        self._total, self._done = value or self._size, 0
        self._report(self._done, self._total)

    def update(self, count: int) -> None:
        """Add downloaded bytes; pooch counts the last, shorter chunk as a full one."""
        self._done = min(self._done + count, self._total)
        self._report(self._done, self._total)

    def reset(self) -> None:
        """Do nothing: at its end pooch resets, then counts all bytes a second time."""

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


def download(url: str, md5: str, folder: Path, members: Sequence[str], progress: Progress) -> None:
    """Download a tar archive into a folder, check it, and unpack some of its files there.

    It is unpacked only if its checksum is right. Failed downloads are repeated.

    Parameters
    ----------
    url, md5 : str
        URL of the archive and its expected checksum.
    folder : Path
        Where the archive and the unpacked files go.
    members : sequence of str
        Names of the files in the archive to unpack.
    progress : Progress
        Receives the number of bytes.

    Raises
    ------
    DownloadError
        If it cannot be downloaded, has another checksum, or cannot be unpacked.
    OSError
        If the folder cannot be written.
    """
    import pooch
    from requests import RequestException

    pooch.get_logger().setLevel("WARNING")
    name = "archive"
    known = {name: f"md5:{md5}"}
    source = pooch.create(folder, "", registry=known, urls={name: url}, retry_if_failed=RETRIES)
    downloader = pooch.HTTPDownloader(progressbar=progress, chunk_size=CHUNK_BYTES)
    try:
        source.fetch(name, pooch.Untar(list(members), extract_dir="."), downloader)
    except RequestException as error:
        raise DownloadError(_explain(error, urlsplit(url).hostname or url)) from None
    except ValueError:
        raise DownloadError("what came is another file (its MD5 is not the known one)") from None
    except (tarfile.TarError, EOFError):
        raise DownloadError("the archive is damaged") from None


def _explain(error: Exception, host: str) -> str:
    from requests.exceptions import ChunkedEncodingError, HTTPError, Timeout

    if isinstance(error, HTTPError) and error.response is not None:
        return f"{host} answered with {error.response.status_code} {error.response.reason}"
    if isinstance(error, ChunkedEncodingError):
        return f"the connection to {host} broke off"
    if isinstance(error, Timeout):
        return f"{host} did not answer in time"
    return f"{host} could not be reached"
