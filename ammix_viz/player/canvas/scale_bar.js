import { make, setText } from "../controls/dom.js";
import { roundStep } from "./axes.js";

/** A bar of one length in every panel, so that panels of different ranges can be compared in size. */

/** A round length that fits into the panel of the smallest range. */
export function barLength(ranges) {
  const halves = ranges.filter(Boolean).map(({ half }) => half);
  return halves.length ? roundStep(2 * Math.min(...halves), 3) : 0;
}

export class ScaleBar {
  constructor() {
    this.bar = make("span", { class: "ammix-scale-bar" });
    this.text = make("span", { class: "ammix-scale-text" });
    this.element = make("div", { class: "ammix-scale", hidden: "", "aria-hidden": "true" }, this.bar, this.text);
  }

  /** @param {number} length in units of the features; 0 for no bar */
  show({ half }, length) {
    this.element.hidden = !length;
    if (!length) return;
    this.bar.style.width = `${((50 * length) / half).toFixed(2)}%`;
    setText(this.text, String(Number(length.toPrecision(1))));
  }
}
