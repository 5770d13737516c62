"""The offer of a page to get CIFAR-10: one download for all sessions of the server."""

import threading

import streamlit as st

from ammix_viz.datasets import cifar10

PAUSE_SECONDS = 1.0


class Download:
    """The download of this server process: at most one at a time.

    Attributes
    ----------
    done, total : int
        Bytes.
    failure : str
        Why the last one failed, "" if it did not.
    """

    def __init__(self) -> None:
        self.done, self.total, self.failure = 0, cifar10.SIZE, ""
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def going_on(self) -> bool:
        """Whether it has begun and not come to its end."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self) -> None:
        """Begin, unless it has begun; it goes on even if the page is left."""
        with self._lock:
            if not self.going_on:
                self.done, self.failure = 0, ""
                self._thread = threading.Thread(target=self._fetch, name="cifar10", daemon=True)
                self._thread.start()

    def _fetch(self) -> None:
        try:
            cifar10.fetch(self._report)
        except Exception as error:  # nobody above would hear of it
            self.failure = str(error)

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total


DOWNLOAD = Download()


def offer() -> None:
    """Offer to get CIFAR-10 and show how far that has come; run the page again at its end.

    For a page that has found `cifar.problem()`: where there is none any more, it is run again.
    """
    if DOWNLOAD.going_on:
        st.fragment(_progress, run_every=PAUSE_SECONDS)()
        return
    why = DOWNLOAD.failure or cifar10.problem()
    if not why:
        st.rerun()
    (st.error if DOWNLOAD.failure else st.info)(why)
    st.button("Get CIFAR-10 (170 MB)", on_click=DOWNLOAD.begin, key="get_cifar10")


def _progress() -> None:
    if not DOWNLOAD.going_on:
        st.rerun()
    done, total = DOWNLOAD.done, DOWNLOAD.total
    text = f"Getting CIFAR-10: {done / 1e6:.0f} of {total / 1e6:.0f} MB"
    st.progress(done / total, text if done < total else "Unpacking CIFAR-10")
