import { make, setText } from "./dom.js";

/** The scale of confidence: what light and dark mean in the pictures. */
export class ConfidenceScale {
  constructor() {
    this.low = make("span", {});
    this.bar = make("span", { class: "ammix-confidence-bar" }, this.low, make("span", {}, "100 %"));
    const about = "Softmax confidence in the predicted class, from the same share for all classes on";
    const name = make("span", { class: "ammix-muted" }, "Confidence");
    this.element = make("div", { class: "ammix-confidence", title: about }, name, this.bar);
  }

  /** @param theme of the canvas; @param {number} classes of which each gets the same share at the least */
  show(theme, classes) {
    const [from, to] = [theme.unsure, theme.sure].map((colour) => `rgb(${colour.join()})`);
    this.bar.style.background = `linear-gradient(90deg, ${from}, ${to})`;
    setText(this.low, `${Math.round(100 / classes)} %`);
  }
}
