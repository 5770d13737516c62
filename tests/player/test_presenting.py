"""The key that leaves presenting, in the browser."""

import pytest
from support.player_browser import (
    PLAYER,
    run_script,
    wait_state,
)

from ammix_viz.player.bundle import presenting_bundle

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

FORMULA = ".ammix-formula"


@pytest.fixture
def presented(open_page):
    """Open a page with runs that is presented; it counts how often it is left."""
    page = open_page("full-0")
    wait_state(page, "live", "ended")
    script = """() => {
      window.left = 0;
      const button = document.createElement("button");
      button.addEventListener("click", () => window.left++);
      const parentElement = document.createElement("div");
      parentElement.className = "st-key-leave_presenting";
      parentElement.append(button);
      document.body.append(parentElement);
      window.unmount = new EscapeKey();
      return 1;
    }"""
    run_script(page, "EscapeKey", script, presenting_bundle)
    return page


def escape(page):
    """Press Escape; return how often the page was left by now."""
    page.keyboard.press("Escape")
    return page.evaluate("left")


def hold_escape(page):
    """Press Escape until it repeats; return how often the page was left by now."""
    for _ in range(4):
        page.keyboard.down("Escape")  # from the second time on, it is a repetition
    page.keyboard.up("Escape")
    return page.evaluate("left")


def test_escape_leaves_until_the_page_is_presented_no_more(presented):
    assert escape(presented) == 1
    presented.locator(PLAYER).focus()
    assert escape(presented) == 2
    presented.evaluate("unmount.destroy()")
    assert escape(presented) == 2


@pytest.mark.parametrize("focus", [PLAYER, "body"])
def test_escape_closes_a_formula_before_it_leaves(presented, focus):
    presented.locator(".ammix-explain").first.click()
    assert presented.locator(FORMULA).is_visible()
    presented.evaluate(
        "(where) => {document.activeElement.blur(); document.querySelector(where).focus()}", focus
    )
    assert escape(presented) == 0
    assert not presented.locator(FORMULA).is_visible()
    assert escape(presented) == 1


def test_escape_closes_a_menu_and_a_dialog_before_it_leaves(presented):
    presented.get_by_role("button", name="Share", exact=True).click()
    assert escape(presented) == 0
    assert not presented.locator(".ammix-share-items").is_visible()
    presented.evaluate("document.querySelector('dialog.ammix-code').showModal()")
    assert escape(presented) == 0
    assert presented.locator("dialog[open]").count() == 0
    assert escape(presented) == 1


@pytest.mark.parametrize("focus", [PLAYER, "body"])
def test_a_held_escape_closes_a_formula_and_leaves_only_when_pressed_again(presented, focus):
    presented.locator(".ammix-explain").first.click()
    presented.evaluate(
        "(where) => {document.activeElement.blur(); document.querySelector(where).focus()}", focus
    )
    assert hold_escape(presented) == 0
    assert not presented.locator(FORMULA).is_visible()
    assert escape(presented) == 1


@pytest.mark.parametrize(
    "opening",
    [
        "document.querySelector('.ammix-share-button').click()",
        "document.querySelector('dialog.ammix-code').showModal()",
    ],
)
def test_a_held_escape_closes_a_menu_or_a_dialog_and_does_not_leave(presented, opening):
    presented.evaluate(opening)
    assert hold_escape(presented) == 0
    assert not presented.locator(".ammix-share-items").is_visible()
    assert presented.locator("dialog[open]").count() == 0
    assert escape(presented) == 1


@pytest.mark.parametrize(
    "markup",
    [
        '<button aria-label="Close fullscreen"></button>',
        '<a data-title="Close fullscreen"></a>',
        '<div role="dialog"></div>',
        '<ul role="listbox"></ul>',
    ],
)
def test_escape_leaves_to_the_page_what_it_has_opened(presented, markup):
    presented.evaluate(
        """(markup) => {
          const opened = document.createElement("div");
          opened.innerHTML = markup;
          document.body.append(opened);
          document.addEventListener("keydown", () => opened.remove(), { once: true });
        }""",
        markup,
    )
    assert escape(presented) == 0
    assert escape(presented) == 1


def test_escape_in_a_field_is_the_fields(presented):
    presented.locator("#elsewhere").evaluate("(field) => { field.hidden = false; field.focus(); }")
    assert escape(presented) == 0
