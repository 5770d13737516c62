import { componentOf } from "./streamlit.js";

/** Escape leaves presenting, once nothing is open that it closes; one press does not do both. */

const LEAVE = ".st-key-leave_presenting button";
const CLOSE_FORMULA = ".ammix-formula:not([hidden]) .ammix-hide";
const FIELDS = "input, textarea, select";

/** Dialogs, menus and enlarged views, of the player and of Streamlit; each closes itself. */
const OPEN = [
  "dialog[open]", "[role=dialog]", ".ammix-share-items:not([hidden])", "[role=listbox]",
  '[aria-label^="Close fullscreen"]', '[data-title="Close fullscreen"]',
].join(",");

class EscapeKey {
  constructor() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    // Before others see the key: what is open now may be closed by it.
    window.addEventListener("keydown", ({ key }) => this.noteOpen(key), { signal, capture: true });
    window.addEventListener("keydown", (event) => this.press(event), { signal });
  }

  noteOpen(key) {
    if (key === "Escape") this.open = document.querySelector(OPEN);
  }

  press({ key, target, defaultPrevented, isComposing, repeat }) {
    if (key !== "Escape" || defaultPrevented || isComposing || this.open) return;
    if (repeat) return; // still held after it closed something
    if (target instanceof Element && target.closest(FIELDS)) return;
    (document.querySelector(CLOSE_FORMULA) ?? document.querySelector(LEAVE))?.click();
  }

  update() {}

  destroy() {
    this.leaving.abort();
  }
}

export default componentOf(() => new EscapeKey());
