"""The numbers of Table 2 of the AM-mixup paper."""

from ammix_viz.studies.papers.accuracies import ACCURACY, columns_by_size
from ammix_viz.studies.papers.set_up import published_for
from ammix_viz.studies.study import Table

U, U1 = "test.U", "test.U1"


def tables(data: str) -> tuple[Table, Table]:
    """Return Table 2a and 2b; `data` is `mini_cifar` or `digits`."""
    return (
        Table(
            "Table 2a: uniformity and accuracy, long-tailed",
            {"U": U, "U1": U1, "Test accuracy, %": ACCURACY},
            {
                "ce": (1.0353, 0.5226, 42.52),
                "mixup": (1.4198, 0.8271, 59.40),
                "manifold": (1.4623, 0.8532, 65.42),
                "am_mixup": (1.4477, 0.9024, 66.90),
            },
            **published_for(data),
        ),
        Table(
            "Table 2b: test accuracy by class size, long-tailed",
            columns_by_size(f"{data}_lt"),
            {
                "ce": (98.10, 67.50, 2.25, 42.52),
                "mixup": (99.00, 95.00, 21.80, 59.40),
                "manifold": (98.90, 96.30, 33.25, 65.42),
                "am_mixup": (97.00, 96.00, 37.30, 66.90),
            },
            **published_for(data),
        ),
    )


def table_2(data: str) -> Table:
    """Return both halves of Table 2 as one, accuracy first."""
    first, second = tables(data)
    columns = {**first.columns, **second.columns}
    values = {
        row: dict(
            zip((*first.columns, *second.columns), (*whole, *second.published[row]), strict=True)
        )
        for row, whole in first.published.items()
    }
    order = sorted(columns, key=lambda title: columns[title] != ACCURACY)
    order.remove("All, %")  # the test accuracy again
    return Table(
        "Table 2",
        {title: columns[title] for title in order},
        {row: tuple(of[title] for title in order) for row, of in values.items()},
        **published_for(data),
    )
