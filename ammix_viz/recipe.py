"""What can be asked for: one recipe ⇄ one URL query ⇄ one key.

Every value that a person can set is checked here and nowhere else. A recipe says all that a
training run needs; its key names the run on disk, so a recipe is trained once.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

VERSION = 1
"""Raised whenever training would give other numbers; part of every key."""

MAX_POINTS = 20_000
"""The most points, train and test together, that one run may hold."""

MAX_QUEUE = 64
"""The most runs that may wait for a worker at a time."""

READS = {
    "ce": (),
    "mixup": ("alpha",),
    "manifold": ("alpha", "site"),
    "am_mixup": ("beta", "site"),
}
"""Each method and those of the optional settings (beta, alpha, site) that it reads."""

OPTIONAL = ("beta", "alpha", "site")
SEEDS = ("data_seed", "init_seed", "batch_seed")


def _text(value: object) -> str:
    whole = isinstance(value, float) and value == int(value)
    return str(int(value) if whole else value)


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`, ends included; `word` is one text allowed beside it."""

    low: float
    high: float
    whole: bool = False
    word: str | None = None

    def parse(self, value: object) -> float | int | str | None:
        """Return the value as the number (or word) it stands for, None if it is neither."""
        if self.word is not None and value == self.word:
            return self.word
        try:
            number = float(str(value))
        except ValueError:
            return None
        if not math.isfinite(number) or (self.whole and number != int(number)):
            return None
        return int(number) if self.whole else number

    def allows(self, value: float | str) -> bool:
        """Say whether a parsed value is inside the limits."""
        return value == self.word or self.low <= value <= self.high

    def nearest(self, value: float) -> float | int:
        """Return the allowed number that is closest."""
        return type(value)(min(max(value, self.low), self.high))

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        word = f'"{self.word}" or ' if self.word else ""
        return f"{word}{kind} from {_text(self.low)} to {_text(self.high)}"


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def parse(self, value: object) -> str | None:
        """Return the word, None if it is not one of them."""
        return value if isinstance(value, str) and value in self.words else None

    def allows(self, value: str) -> bool:
        """Say whether the word is one of them."""
        return value in self.words

    def __str__(self) -> str:
        return "one of " + ", ".join(self.words)


SEED = Number(0, 2**31 - 1, whole=True)
RULES: dict[str, Number | Choice] = {
    "data": Choice(("gaussian",)),
    "method": Choice(tuple(READS)),
    "imbalance": Number(1, 200, word="paper"),
    "beta": Number(0, 1.5),
    "alpha": Number(0.05, 10),
    "site": Choice(("last", "random")),
    "epochs": Number(1, 2000, whole=True),
    "lr": Number(1e-4, 1),
    "batch_size": Number(2, 2048, whole=True),
    "data_seed": SEED,
    "init_seed": SEED,
    "batch_seed": SEED,
    "seed": SEED,
    "device": Choice(("auto", "cpu", "cuda", "mps")),
}
"""What each parameter may be, by the name it has in the URL, the API and (with dashes) the CLI."""


def check(name: str, value: object) -> Any:  # noqa: ANN401
    """Return `value` as the type that parameter `name` has.

    Raises
    ------
    ValueError
        With a sentence that names the parameter, the value given and what is allowed.
    """
    rule = RULES[name]
    parsed = rule.parse(value)
    if parsed is None or not rule.allows(parsed):
        raise ValueError(f"{name} is {shown(value)}; it must be {rule}.")
    return parsed


def shown(value: object) -> str:
    """Return a value as it may be repeated in a sentence: one line of at most 40 characters."""
    text = "".join(c if c.isprintable() else "?" for c in str(value))
    text = text if len(text) <= 40 else text[:39] + "…"
    return f'"{text}"' if isinstance(value, str) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


@dataclass(frozen=True)
class Recipe:
    """All that decides the numbers of one training run.

    Parameters
    ----------
    method : str, default="am_mixup"
        One of the methods in `READS`.
    data : str, default="gaussian"
        The four-class Gaussian toy (AMA 3.3).
    imbalance : float or "paper", default="paper"
        The paper's class counts, or the factor n_max / n_min of an exponential profile.
    beta : float, default=0.34
        Decay of the AM-mixup share λ = exp(-β·v_acc) (AMM Eq. 6).
    alpha : float, default=1.0
        Parameter of Beta(α, α), from which mixup and manifold mixup draw λ.
    site : {"last", "random"}, default="last"
        Where features are mixed: the 2-D feature, or a site drawn each step.
    epochs, lr, batch_size : int, float, int
        SGD settings; 16 batches an epoch at the paper's counts is a batch of 101.
    data_seed, init_seed, batch_seed : int, default=0
        Seeds of the points, of the initial weights, and of batch order and mixing draws.
    device : {"auto", "cpu", "cuda", "mps"}, default="auto"
        Where to train.

    Raises
    ------
    ValueError
        If a value is not allowed.
    """

    method: str = "am_mixup"
    data: str = "gaussian"
    imbalance: float | str = "paper"
    beta: float = 0.34
    alpha: float = 1.0
    site: str = "last"
    epochs: int = 100
    lr: float = 0.1
    batch_size: int = 101
    data_seed: int = 0
    init_seed: int = 0
    batch_seed: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, check(field.name, getattr(self, field.name)))

    @property
    def canonical(self) -> "Recipe":
        """The same run with every setting that its method does not read at its default."""
        unread = set(OPTIONAL) - set(READS[self.method])
        return replace(self, **{f.name: f.default for f in fields(self) if f.name in unread})

    @property
    def key(self) -> str:
        """The name of the run on disk: 24 hexadecimal digits."""
        content = json.dumps([VERSION, asdict(self.canonical)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    @property
    def stack(self) -> tuple:
        """What runs must have in common to be trained in one stack."""
        return (self.data, self.imbalance, self.epochs, self.lr, self.batch_size, self.device)


def is_key(text: str) -> bool:
    """Say whether a text has the form of a key, so that it may name a file."""
    return len(text) == 24 and all(c in "0123456789abcdef" for c in text)


DEFAULT_METHODS = ("ce", "mixup", "manifold", "am_mixup")


@dataclass(frozen=True)
class Comparison:
    """Methods shown side by side on one shared setting: what a page's URL says."""

    methods: tuple[str, ...] = DEFAULT_METHODS
    shared: Recipe = Recipe()

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """One canonical recipe a method, in the order shown."""
        return tuple(replace(self.shared, method=name).canonical for name in self.methods)

    def query(self) -> dict[str, str]:
        """Return the URL query: every setting by name, seeds as one where they agree."""
        values = asdict(self.shared)
        values.pop("method")
        seeds = [values.pop(name) for name in SEEDS]
        same = len(set(seeds)) == 1
        chosen = {"seed": seeds[0]} if same else dict(zip(SEEDS, seeds, strict=True))
        start = {"data": values.pop("data"), "methods": ",".join(self.methods)}
        return {name: _text(v) for name, v in (start | values | chosen).items()}


def read_query(query: Mapping[str, str]) -> tuple[Comparison, list[str]]:
    """Return what a URL query asks for, made allowed, and a sentence for each thing changed.

    Unknown names are left alone (other pages, trackers); a number out of range becomes the
    nearest allowed one, anything else the default.
    """
    notes: list[str] = []
    methods = _read_methods(query.get("methods"), notes)
    values: dict[str, Any] = {}
    for name in (f.name for f in fields(Recipe) if f.name != "method"):
        shared_seed = "seed" if name in SEEDS and name not in query else name
        if shared_seed in query:
            values[name] = _clamped(shared_seed, query[shared_seed], getattr(Recipe, name), notes)
    return Comparison(methods, Recipe(**values)), list(dict.fromkeys(notes))


def _read_methods(text: str | None, notes: list[str]) -> tuple[str, ...]:
    if text is None:
        return DEFAULT_METHODS
    kept: list[str] = []
    for name in dict.fromkeys(text.split(",")):
        try:
            kept.append(check("method", name))
        except ValueError as error:
            notes.append(f"{error} It is left out.")
    if not kept:
        notes.append(f"methods names no method; {', '.join(DEFAULT_METHODS)} are shown.")
    return tuple(kept) or DEFAULT_METHODS


def _clamped(name: str, value: str, default: object, notes: list[str]) -> object:
    try:
        return check(name, value)
    except ValueError as error:
        rule = RULES[name]
        parsed = rule.parse(value)
        usable = isinstance(rule, Number) and parsed is not None
        used = rule.nearest(parsed) if usable else default
        notes.append(f"{error} {_text(used)} is used.")
        return used
