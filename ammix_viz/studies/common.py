"""What the AM-mixup paper's studies share."""

METHODS = ("ce", "mixup", "manifold", "am_mixup")
TITLES = {"mini_cifar": "Mini-CIFAR", "digits": "Digits"}

_OPEN = (
    "Learning rate 0.02 for every method, reached over five epochs; the paper trains at 0.1, where "
    "features can fall into one point, and says nothing of a warm-up, without which they can shoot "
    "up at the start.",
    "One convolution in each of CNN-Vis2D's three blocks, and no augmentation; the paper does not "
    "say.",
    "Mixed at the 2-D feature, by manifold mixup too; the paper does not say where.",
)

SETTINGS = {
    "mini_cifar": (
        *_OPEN,
        "20 epochs on all 20,000 images and 40 on the long-tailed ones; the paper trains for 100. "
        "The rate falls to a fifth after the same shares of them: 30, 60 and 80 %.",
    ),
    "digits": (
        "Handwritten digits, 8×8 pixels, stand in for Mini-CIFAR: the published numbers are of "
        "other images, and only their order may be compared. Coarse classes: below 5, 5 and above. "
        "Long-tailed: factor 50.",
        *_OPEN,
        "Batches of 32 on the long-tailed digits, which are few.",
        "40 epochs; the paper trains for 100. The rate falls to a fifth after the same shares of "
        "them: 30, 60 and 80 %.",
    ),
}
"""What is not as in the paper, by data."""


def source_of(data: str) -> str:
    """Return what the paper's numbers are called beside ours."""
    return "published" if data == "mini_cifar" else "published, of Mini-CIFAR,"


def named(figure: str, data: str) -> str:
    """Return the name of a study; it says the data where they are not the paper's."""
    return figure if data == "mini_cifar" else f"{figure} {data}"
