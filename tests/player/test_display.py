import pytest
from support.player_browser import (
    PLAYER,
    hash_of,
    paused_at,
    reading,
    run_script,
    until,
    wait_frames,
)

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]


def test_display_announces_each_change_once_and_refuses_what_is_not_allowed(open_page):
    script = """() => {
      const [display, heard] = [new Display(), []];
      display.listen((name) => heard.push([name, display[name]]));
      const refused = [];
      const set = (name, value) => {
        try { display.set(name, value); } catch (error) { refused.push(error.message); }
      };
      set("mixing", true);
      set("mixing", true);
      set("hidden", [1, 3]);
      set("hidden", [1, 3]);
      set("hidden", ["a"]);
      set("pair", [0, 3]);
      set("view", "inputs");
      set("pair", [0, 1, 2]);
      set("listen", true);
      display.adopt({ view: "both", split: "validation", margins: true });
      return { heard, refused };
    }"""
    answer = run_script(open_page("full-0"), "Display", script)
    assert answer["heard"] == [
        ["mixing", True],
        ["hidden", [1, 3]],
        ["pair", [0, 3]],
        ["view", "both"],
        ["margins", True],
    ]
    assert answer["refused"] == [
        "The display cannot set hidden to a.",
        "The display cannot set view to inputs.",
        "The display cannot set pair to 0,1,2.",
        "The display cannot set listen to true.",
    ]


def test_pressing_a_switch_repaints_and_stays_pressed(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    paused_at(page, 20)
    before = hash_of(page, "full-0")
    button = page.get_by_role("button", name="Margins")
    assert button.get_attribute("aria-pressed") == "false"
    for pressed in ("true", "false"):
        painted = reading(page, "painted")
        button.click()
        assert button.get_attribute("aria-pressed") == pressed
        until(page, f"n => document.querySelector('{PLAYER}').dataset.painted > +n", painted)
        assert (hash_of(page, "full-0") == before) == (pressed == "false")
