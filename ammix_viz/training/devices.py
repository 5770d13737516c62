"""Where to compute."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def devices() -> list[str]:
    """Return the devices that torch finds here, the CPU first."""
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return ["cpu", *(name for name, there in found.items() if there)]


def settle_arithmetic() -> None:
    """Have torch compute on one core in this thread, and take denormal numbers for zero.

    Spread over cores, the last digits of a run would depend on what it is stacked with; and the
    gradients of well-fitted points are denormal, which processors compute many times slower.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


@contextmanager
def settled_arithmetic() -> Iterator[None]:
    """Settle arithmetic for a while, and leave this thread as it was."""
    threads = torch.get_num_threads()
    flushing = (torch.full((1,), 1e-40) * 1).item() == 0
    settle_arithmetic()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(flushing)


def resolve(device: str, on_images: bool = False) -> str:
    """Return the torch device to use; "auto" is the CPU for the toy, the fastest for its size.

    On images "auto" is a GPU if there is one.

    Raises
    ------
    ValueError
        If the device is not there.
    """
    name = device
    if device == "auto":
        name = devices()[-1] if on_images else "cpu"
    if name not in devices():
        raise ValueError(f"device is {name}; this machine has {', '.join(devices())}.")
    return name
