import { ConfidenceCurve } from "../slow_motion/confidence_curve.js";
import { make } from "../controls/dom.js";

/** Why the middle: the confidences of two mixed samples, summed along the way between their parents. */

export class BalancePicture {
  /** As `RunPicture` takes them; there is nothing to wait for. */
  constructor({ runs, epoch, classes }, ways, waits, on) {
    this.element = make("div", { class: "ammix-lesson-balance" });
    this.picture = new ConfidenceCurve(this.element, ways);
    this.on = on;
    this.picture.update({ runs, epoch, classes: classes.length ? classes : null });
  }

  play() {
    this.on.ended();
  }

  destroy() {
    this.picture.destroy();
    this.element.remove();
  }
}
