"""Class counts of a long tail."""


def profile(largest: int, factor: float, classes: int) -> tuple[int, ...]:
    """Return floor(n · factor^(-i/(K-1))) for class i of K: an exponential profile (AMM A.1)."""
    return tuple(int(largest * factor ** (-i / (classes - 1)) + 1e-9) for i in range(classes))
