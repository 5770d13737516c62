"""What tests do with a page and its runs, and a pool that trains nothing."""

from ammix_viz.runs import disk
from ammix_viz.workers.run_state import RunState


class FakePool:
    """Takes note of what it is asked for; nothing is trained. It refuses so many requests."""

    def __init__(self, notes=(), error=None, refusals=1000):
        self.asked, self.notes, self.error, self.refusals = [], list(notes), error, refusals
        self.live, self.kept_runs, self.released, self.cancelled = {}, {}, [], []

    def submit(self, recipes, **options):
        if self.error and self.refusals:
            self.refusals -= 1
            raise ValueError(self.error)
        self.asked.append((tuple(recipes), options))
        self.kept_runs |= {recipe.key: recipe for recipe in recipes if options.get("keep")}
        return self.notes

    def kept(self):
        return list(self.kept_runs.values())

    def release(self, keys):
        self.released += keys
        self.kept_runs = {key: run for key, run in self.kept_runs.items() if key not in keys}

    def cancel(self, keys, *, unread_only=False):
        self.cancelled.append((set(keys), unread_only))

    def touch(self, keys, ahead=0.0):
        pass

    def leave(self, keys):
        self.left = list(keys)

    def devices(self):
        return ["cpu"]

    def state(self, key):
        return self.live.get(key, RunState("ended"))


class EmptyDisk(FakePool):
    """Has no run."""

    def state(self, key):
        return self.live.get(key, RunState("unknown"))


def query_of(page):
    values = page.query_params.items()
    return {name: value if isinstance(value, str) else value[0] for name, value in values}


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()


def damage(key):
    """Change one byte of the last record of a run."""
    content = bytearray(disk.path(key).read_bytes())
    content[-1] ^= 1
    disk.path(key).write_bytes(content)
    return f"The saved run {key} cannot be used: its content has changed."


def live(pool, recipes, state="training"):
    pool.live |= {recipe.key: RunState(state, 2, wait=130) for recipe in recipes}
