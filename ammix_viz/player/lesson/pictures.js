import { make } from "../controls/dom.js";
import { RunPicture } from "./run_picture.js";
import { SlowPicture } from "./slow_picture.js";

/** The pictures of a step: one at a time, chosen by buttons where there are several. */

const MAKERS = { run: RunPicture, step: SlowPicture };

export class Pictures {
  /**
   * @param {object} step as the lesson's data has it
   * @param {Record<string, string>} names words on the buttons, by picture
   * @param {object} ways as the player takes them
   * @param {boolean} waits whether to stay at the start until `play`
   * @param {object} on as `RunPicture` takes it
   */
  constructor(step, names, ways, waits, on) {
    Object.assign(this, { step, ways, waits, on });
    const kinds = step.pictures.filter((kind) => MAKERS[kind]);
    this.buttons = kinds.map((kind) => {
      const button = make("button", { type: "button", "aria-pressed": "false" }, names[kind]);
      button.addEventListener("click", () => this.show(kind));
      return [kind, button];
    });
    const tabs = make("div", { class: "ammix-switch", role: "group", "aria-label": "Picture" });
    tabs.append(...this.buttons.map(([, button]) => button));
    this.slot = make("div", { class: "ammix-lesson-slot" });
    this.element = make("div", { class: "ammix-lesson-picture" }, ...(kinds.length > 1 ? [tabs] : []), this.slot);
    this.first = kinds[0];
  }

  /** Put the picture up; call it once the element is in the page. */
  show(kind = this.first) {
    if (kind === this.kind) return;
    this.current?.destroy();
    this.kind = kind;
    this.current = new MAKERS[kind](this.step, this.ways, this.waits, this.on);
    this.slot.replaceChildren(this.current.element);
    for (const [each, button] of this.buttons) button.setAttribute("aria-pressed", each === kind);
    this.current.explain(this.explained ?? "");
  }

  play() {
    this.waits = false;
    this.current?.play();
  }

  /** Explain a metric or formula in the picture; "" for none. */
  explain(name) {
    this.explained = name;
    this.current?.explain(name);
  }

  destroy() {
    this.current?.destroy();
  }
}
