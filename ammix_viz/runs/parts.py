"""The parts of a record that a reader may leave out: the input grid, and the mixed rows.

They lie at the end of a record, so that the bytes before them are a record without them. The header
says in `grid` and `mixed` what they are, and in `parts` where they lie.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ammix_viz.methods.mix import MOST_ROWS

GRID, MIXED = "grid", "mixed"
PARTS = (GRID, MIXED)
"""The parts, in the order in which they lie in a record."""

MOST_SIDE = 256
"""The most nodes of a grid along its side."""


def part_of(field: str) -> str:
    """Return the part that a field belongs to, "" for those that every record has."""
    name = field.partition(".")[0].removesuffix("_scale")
    return name if name in PARTS else ""


def part_fields(header: Mapping[str, Any]) -> list[tuple]:
    """Return name, dtype and shape of the fields of both parts, given `grid` and `mixed`.

    The features of G grid nodes are `grid` times `grid_scale`. Of M mixed rows, `rows` are the
    parents as indices of displayed points, 65535 if not displayed; λ, and the weight of the first
    parent's label, are one of the step or one of each row; `site` is as in `Mix.site`. Features of
    mixed rows and of their parents are to be multiplied by `mixed.scale`, the gradient by
    `mixed.gradient_scale`. If some parents are not displayed, `labels` has the classes of both, and
    those of their partners after them.
    """
    fields: list[tuple] = []
    if GRID in header:
        fields += [("grid_scale", "<f4"), ("grid", "|i1", (header[GRID]["side"] ** 2, 2))]
    mixed = header.get(MIXED, {})
    if rows := mixed.get("rows", 0):
        lam: tuple[int, ...] = (rows,) if mixed["per_row"] else ()
        of_parents = (rows, 2) if mixed["per_row"] else ()
        numbers: dict[str, tuple[int, ...]]
        numbers = {"scale": (), "gradient_scale": (), "lam": lam, "label_weight": lam}
        numbers |= {"partner_lam": of_parents} if mixed["partners"] else {}
        fields += [(f"mixed.{name}", "<f4", shape) for name, shape in numbers.items()]
        fields += [("mixed.count", "<i2"), ("mixed.site", "<i2"), ("mixed.rows", "<u2", (rows, 2))]
        fields += [("mixed.partners", "<u2", (rows, 2))] if mixed["partners"] else []
        fields += [("mixed.features", "<i2", (rows, 2))]
        fields += [("mixed.parents", "<i2", (rows, 4))] if mixed["parents"] else []
        fields += [("mixed.gradient", "|i1", (rows, 2))]
        labels = (rows, 4 if mixed["partners"] else 2)
        fields += [("mixed.labels", "|i1", labels)] if mixed["parents"] else []
    return fields


def spans(dtype: np.dtype) -> dict[str, list[int]]:
    """Return the first byte of each part in a record, and the byte after its last."""
    found: dict[str, list[int]] = {}
    for name, (kind, offset, *_) in (dtype.fields or {}).items():
        if part := part_of(name):
            begin, end = found.get(part, (offset, 0))
            found[part] = [min(begin, offset), max(end, offset + kind.itemsize)]
    return found


def check_parts(header: Mapping[str, Any], dtype: np.dtype) -> None:
    """Check what a header says about the parts against the layout of its records.

    Raises
    ------
    ValueError
        If they do not agree; the message continues "The saved run cannot be used: ".
    KeyError, TypeError, AttributeError
        If an entry is missing or has a wrong type.
    """
    found = [name for name in dtype.names or () if part_of(name)]
    grid, mixed = header.get(GRID, {}), header.get(MIXED, {})
    small = _is_even(grid.get("side", 2), MOST_SIDE) and _is_even(mixed.get("rows", 0), MOST_ROWS)
    numbers = [grid[name] for name in ("x", "y", "half")] if grid else []
    flags = [mixed[name] for name in ("per_row", "parents", "partners")] if mixed else []
    finite = np.isfinite(np.array(numbers, float)).all()
    if not small or not finite or not all(type(flag) is bool for flag in flags):
        raise ValueError("its header does not describe its mixed rows or its grid")
    known = np.dtype(part_fields(header))
    if set(found) != set(known.names or ()) or header.get("parts", {}) != spans(dtype):
        raise ValueError("its records have other mixed rows, or another grid, than its header says")
    for name in found:
        if dtype[name] != known[name]:
            raise ValueError(f"the field {name} of its records has another layout")


def _is_even(value: object, most: int) -> bool:
    return type(value) is int and 0 <= value <= most and value % 2 == 0
