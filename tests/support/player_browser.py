"""What tests do with the page of `player_page` in a browser."""

import re

import numpy as np

from ammix_viz.player.bundle import bundle

PLAYER = "[data-testid=player]"
POSITION = f"+document.querySelector('{PLAYER}').dataset.position"


def reading(page, name):
    return page.locator(PLAYER).get_attribute(f"data-{name}")


def position(page):
    return float(reading(page, "position"))


def wait_state(page, *states):
    choice = ",".join(f'{PLAYER}[data-state="{state}"]' for state in states)
    page.wait_for_selector(choice, state="attached")


def wait_frames(page, count):
    page.wait_for_selector(f'{PLAYER}[data-frames="{count}"]', state="attached")


def paused_at(page, target):
    """Stop at a whole record."""
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    for _ in range(target // 10):
        page.keyboard.press("Shift+ArrowRight")
    for _ in range(target % 10):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(f'{PLAYER}[data-position="{target}"]', state="attached")


def panel(page, key):
    return page.locator(f'[data-testid=panel][data-key="{key}"]')


def status_of(page, key):
    return panel(page, key).locator(".ammix-status-text")


def value(page, key, measure):
    return panel(page, key).locator(f"[data-measure={measure}] .ammix-value").inner_text()


def until(page, expression, argument=None):
    page.wait_for_function(expression, arg=argument)


def text_is(page, locator, text):
    locator.filter(has_text=re.compile(text)).wait_for()


def hash_of(page, key):
    """A number for a panel's picture."""
    return (
        panel(page, key)
        .locator("canvas")
        .evaluate(
            "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
            ".reduce((sum, v, i) => (sum * 31 + v) | 0, 7)"
        )
    )


def pixel_of(page, behaviour, key, record, point):
    """Where a point lies in its panel, as a page offset, worked out apart from the player."""
    run = behaviour.run(key)
    every = [behaviour.run(k).records for k in behaviour.runs]
    clouds = [r["features"] * r["scale"][:, None, None] for r in every]
    low = np.min([c.min((0, 1)) for c in clouds], 0)
    high = np.max([c.max((0, 1)) for c in clouds], 0)
    middle, half = (low + high) / 2, (high - low).max() / 2 * 1.08
    records = run.records
    x, y = records["features"][record, point] * records["scale"][record]
    box = panel(page, key).locator("canvas").bounding_box()
    side = box["width"] / (2 * half)
    return (
        float(box["x"] + (x - middle[0] + half) * side),
        float(box["y"] + (middle[1] + half - y) * side),
    )


def last_of_first_stage(behaviour, key):
    return behaviour.run(key).header["stages"][0]["last"]


def corners(card):
    """The colours of the four corners of a panel's picture, row by row."""
    return card.locator("canvas").evaluate(
        """(canvas) => {
          const [context, end] = [canvas.getContext("2d"), canvas.width - 3];
          const at = [[2, 2], [end, 2], [2, end], [end, end]];
          return at.map(([x, y]) => context.getImageData(x, y, 1, 1).data.join());
        }"""
    )


def run_script(page, name, script, modules=bundle):
    """Run a script with one of the player's parts at hand."""
    source = f"{modules()}\nexport {{ {name} }};"
    return page.evaluate(
        f"""async (source) => {{
          const blob = new Blob([source], {{ type: "text/javascript" }});
          const {{ {name} }} = await import(URL.createObjectURL(blob));
          const answer = ({script})();
          return JSON.parse(JSON.stringify(answer));
        }}""",
        source,
    )
