"""Archives from elsewhere: downloaded, checked and unpacked by pooch."""

import tarfile
from collections.abc import Callable, Sequence
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


def download(url: str, md5: str, folder: Path, members: Sequence[str], progress: Progress) -> None:
    """Download a tar archive into a folder, check it, and unpack some of its files there.

    It is unpacked only if its checksum is the known one, trying again where that may help.

    Parameters
    ----------
    url, md5 : str
        The archive, and its known checksum.
    folder : Path
        Where the archive and what is unpacked go.
    members : sequence of str
        Names in the archive.
    progress : Progress
        Told of the bytes.

    Raises
    ------
    Unobtainable
        If it does not come, is another file than expected, or cannot be unpacked.
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
        source.fetch(name, pooch.Untar(list(members), extract_dir="."), downloader)
    except RequestException as error:
        raise Unobtainable(_in_words(error, urlsplit(url).hostname or url)) from None
    except ValueError:
        raise Unobtainable("what came is another file (its MD5 is not the known one)") from None
    except (tarfile.TarError, EOFError):
        raise Unobtainable("the archive is damaged") from None


def _in_words(error: Exception, host: str) -> str:
    from requests.exceptions import ChunkedEncodingError, HTTPError, Timeout

    if isinstance(error, HTTPError) and error.response is not None:
        return f"{host} answered with {error.response.status_code} {error.response.reason}"
    if isinstance(error, ChunkedEncodingError):
        return f"the connection to {host} broke off"
    if isinstance(error, Timeout):
        return f"{host} did not answer in time"
    return f"{host} could not be reached"
