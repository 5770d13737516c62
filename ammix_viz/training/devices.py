"""Devices to train on, and torch's settings for reproducible arithmetic."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def devices() -> list[str]:
    """Return the devices that torch can use on this machine, the CPU first."""
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return ["cpu", *(name for name, usable in available.items() if usable)]


def configure_arithmetic() -> None:
    """Make torch compute on one core in this thread, and flush denormal numbers to zero.

    On several cores the last digits of a run would depend on the other runs of its stack. The
    gradients of well-fitted points are denormal, and arithmetic on those is many times slower.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


@contextmanager
def configured_arithmetic() -> Iterator[None]:
    """Configure arithmetic inside a `with` block; restore this thread's settings after it."""
    threads = torch.get_num_threads()
    flushing = (torch.full((1,), 1e-40) * 1).item() == 0
    configure_arithmetic()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(flushing)


def resolve(device: str, on_images: bool = False) -> str:
    """Return the torch device to use.

    "auto" is the CPU for points, where it is fastest, and a GPU for images if there is one.

    Raises
    ------
    ValueError
        If this machine does not have the device.
    """
    name = device
    if device == "auto":
        name = devices()[-1] if on_images else "cpu"
    if name not in devices():
        raise ValueError(f"device is {name}; this machine has {', '.join(devices())}.")
    return name
