"""Four methods at once, against scikit-learn's `MLPClassifier` for cross entropy alone."""

import warnings
from dataclasses import replace

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from ammix_viz.bench.timing import drain, in_turn, median, ratio
from ammix_viz.datasets.table import load_dataset
from ammix_viz.networks.protocol import MOMENTUM, WEIGHT_DECAY
from ammix_viz.networks.stacked_mlp import WIDTHS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train, warm

EPOCHS, ROUNDS = 100, 5


def measure() -> dict:
    """Train the stack of four and scikit-learn's one, on the same points, batches and epochs."""
    recipes = [replace(recipe, epochs=EPOCHS) for recipe in Comparison().recipes]
    warm()
    parts = {
        "sklearn, one method": lambda: _fit(recipes[0]),
        "ours, four methods": lambda: drain(train(recipes)),
        "ours, one method": lambda: drain(train(recipes[:1])),
    }
    times = in_turn(parts, ROUNDS)
    names = list(parts)
    return {
        "epochs": EPOCHS,
        "rounds": ROUNDS,
        **{f"{name}, s": median(seconds) for name, seconds in times.items()},
        "four methods / sklearn's one": ratio(times, names[1], names[0]),
        "one method / sklearn's one": ratio(times, names[2], names[0]),
    }


def _fit(recipe: Recipe) -> None:
    points = load_dataset(recipe)
    network = MLPClassifier(
        WIDTHS[1:],
        solver="sgd",
        alpha=WEIGHT_DECAY,
        batch_size=recipe.batch_size,
        learning_rate_init=recipe.lr,
        momentum=MOMENTUM,
        nesterovs_momentum=False,
        max_iter=recipe.epochs,
        n_iter_no_change=recipe.epochs,
        tol=0,
        random_state=recipe.init_seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(points.train, points.train_labels)
