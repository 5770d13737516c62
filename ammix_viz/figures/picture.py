"""Matplotlib figures as SVG, PDF and PNG, without a display and without `pyplot`."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

KINDS = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}
"""The formats, with their media types."""

FILE_DPI, PAGE_DPI = 300, 150
"""Dots per inch of PNG files, and of many points or a confidence map inside SVG and PDF: of files,
and of images in a page."""

STYLE: dict[Any, Any] = {
    "font.size": 7,
    "axes.titlesize": 8,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 7.5,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2,
    "ytick.major.size": 2,
    "xtick.major.pad": 2,
    "ytick.major.pad": 2,
    "pdf.fonttype": 42,  # TrueType; publishers refuse Type 3
    "svg.hashsalt": "ammix_viz",  # the same figure gives the same file
}
"""Sizes in points for a figure as wide as a page of a paper."""

_lock = threading.RLock()


@contextmanager
def styled() -> Iterator[None]:
    """Use `STYLE` for a `with` block or a function; Matplotlib's parameters are global."""
    with _lock, mpl.rc_context(STYLE):
        yield


@styled()
def picture(figure: Figure, kind: str = "svg", dpi: int = FILE_DPI) -> bytes:
    """Return a figure as a file of one of `KINDS`."""
    file, dates = io.BytesIO(), {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    figure.savefig(file, format=kind, dpi=dpi, metadata=dates.get(kind))
    return file.getvalue()
