"""A button that downloads CIFAR-10, once for all sessions of the server."""

import threading

import streamlit as st

from ammix_viz.datasets import cifar10
from ammix_viz.ui.notices import plain

PAUSE_SECONDS = 1.0


class Download:
    """The download of this server process: at most one at a time.

    Attributes
    ----------
    done, total : int
        Bytes.
    failure : str
        Error message of the last download, "" if it succeeded.
    """

    def __init__(self) -> None:
        self.done, self.total, self.failure = 0, cifar10.SIZE, ""
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether a download is in progress."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self) -> None:
        """Start the download unless it is running; it continues if the page is closed."""
        with self._lock:
            if not self.running:
                self.done, self.failure = 0, ""
                self._thread = threading.Thread(target=self._fetch, name="cifar10", daemon=True)
                self._thread.start()

    def _fetch(self) -> None:
        try:
            cifar10.fetch(self._report)
        except Exception as error:  # in a thread: the page reports it
            self.failure = str(error)

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total


DOWNLOAD = Download()


def offer() -> None:
    """Offer to download CIFAR-10 and show the progress; rerun the page at the end.

    Call it where `cifar10.problem()` is not empty; as soon as it is empty, the page is rerun.
    """
    if DOWNLOAD.running:
        st.fragment(_progress, run_every=PAUSE_SECONDS)()
        return
    why = DOWNLOAD.failure or cifar10.problem()
    if not why:
        st.rerun()
    (st.error if DOWNLOAD.failure else st.info)(plain(why))
    st.button("Download CIFAR-10 (170 MB)", on_click=DOWNLOAD.begin, key="get_cifar10")


def _progress() -> None:
    if not DOWNLOAD.running:
        st.rerun()
    done, total = DOWNLOAD.done, DOWNLOAD.total
    text = f"Downloading CIFAR-10: {done / 1e6:.0f} of {total / 1e6:.0f} MB"
    st.progress(done / total, text if done < total else "Unpacking CIFAR-10…")
