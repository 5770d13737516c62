import { BalancePicture } from "./balance_picture.js";
import { make } from "../controls/dom.js";
import { RunPicture } from "./run_picture.js";
import { SlowPicture } from "./slow_picture.js";

/** The pictures of a step: one at a time, chosen by buttons where there are several. */

const MAKERS = { run: RunPicture, step: SlowPicture, balance: BalancePicture };

export class Pictures {
  /**
   * @param {object} step as the lesson's data has it
   * @param {Record<string, string>} names words on the buttons, by picture
   * @param {object} ways as the player takes them
   * @param {boolean} waits whether to stay at the start until `play`
   * @param {object} on as `RunPicture` takes it, `changed(kind)`, called with the picture on display, and
   *   `explain`, what it explains first
   */
  constructor(step, names, ways, waits, on) {
    Object.assign(this, { step, ways, waits, on });
    const kinds = step.pictures.filter((kind) => MAKERS[kind]);
    this.buttons = kinds.map((kind) => {
      const button = make("button", { type: "button", "aria-pressed": "false" }, names[kind]);
      button.addEventListener("click", () => this.show(kind));
      return [kind, button];
    });
    this.tabs = make("div", { class: "ammix-switch", role: "group", "aria-label": "Picture" });
    this.tabs.append(...this.buttons.map(([, button]) => button));
    this.tabs.hidden = kinds.length < 2;
    this.element = make("div", { class: "ammix-lesson-picture" });
    this.first = kinds[0];
  }

  /** Put the picture up; call it once the element is in the page. */
  show(kind = this.first) {
    if (kind === this.kind) return;
    this.current?.destroy();
    this.kind = kind;
    this.current = new MAKERS[kind](this.step, this.ways, this.waits, this.on);
    this.element.replaceChildren(this.current.element);
    for (const [each, button] of this.buttons) button.setAttribute("aria-pressed", each === kind);
    this.on.changed(kind);
    this.explain(this.on.explain);
  }

  play() {
    this.waits = false;
    this.current?.play();
  }

  /** Explain a metric or formula in the picture; "" for none. */
  explain(name) {
    this.current?.explain?.(name);
  }

  destroy() {
    this.current?.destroy();
  }
}
