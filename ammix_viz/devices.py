"""Where to compute."""

import torch


def devices() -> list[str]:
    """Return the devices that torch finds here, the CPU first."""
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return ["cpu", *(name for name, there in found.items() if there)]


def resolve(device: str) -> str:
    """Return the torch device to use; "auto" is the CPU, the fastest for a model of this size.

    Raises
    ------
    ValueError
        If the device is not there.
    """
    name = "cpu" if device == "auto" else device
    if name not in devices():
        raise ValueError(f"device is {name}; this machine has {', '.join(devices())}.")
    return name
