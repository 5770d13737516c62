"""Runs on images for the page of `player_page`, and what tests do with their panels."""

from support.player_browser import paused_at, pixel_of, wait_frames
from support.player_page import Behaviour

WHOLE, ESTIMATED = 9, 10
COARSE = {"class_names": ["Upper", "Lower"], "of": [0, 0, 1, 1]}


class ImageBehaviour(Behaviour):
    """Runs on images: 5,000 and 1,000 points a class, of which a sample is displayed."""

    def kind(self, key):
        points = len(self.counts)
        totals = {"train": [5000] * points, "test": [1000] * points}
        word = "mixed" if "mixed" in key else key.split("-")[0]
        extras = {"totals": totals, "full_evals": [0, WHOLE, 23], "images": [8, 8]}
        if word == "sampled":
            extras["full_evals"] = [0, ESTIMATED, 23]
        if word == "all":
            extras["totals"] = {"train": list(self.counts), "test": [self.test] * points}
        if word in ("mixed", "contrastive", "slow"):
            extras["coarse"] = COARSE
        stages = {"mixed": ("coarse", "fine"), "contrastive": ("encoder", "classifier")}
        return stages.get(word, ("training",)), extras


def panel_of(page, key, view="fine"):
    return page.locator(f'[data-testid=panel][data-key="{key}"][data-view={view}]')


def legend(page):
    groups = page.locator(".ammix-group").all()
    texts = [group.locator("li").all_inner_texts() for group in groups]
    return [[text.replace("\n", " ") for text in group] for group in texts]


def hover(page, behaviour, key, record, point):
    wait_frames(page, 24)
    paused_at(page, record)
    page.mouse.move(*pixel_of(page, behaviour, key, record, point))
