import { make } from "../controls/dom.js";
import { SlowMotion } from "../slow_motion/slow_motion.js";

/** One training step of each run of a lesson's step, in slow motion; it stays at its first phase until a question is answered. */

export class SlowPicture {
  /** As `RunPicture` takes them. */
  constructor({ runs, epoch, classes }, ways, waits, on) {
    this.element = make("div", { class: "ammix-lesson-slow" });
    this.picture = new SlowMotion(this.element, ways);
    this.on = on;
    this.observer = new MutationObserver(() => this.note());
    this.observer.observe(this.picture.root, { attributes: true, attributeFilter: ["data-state", "data-phase"] });
    this.waits = waits;
    this.picture.update({ runs, epoch, classes: classes.length ? classes : null });
  }

  note() {
    const { clock } = this.picture;
    const { state } = this.picture.root.dataset;
    if (this.waits && state === "playing") this.picture.touch(() => clock.go(0));
    else if (!this.waits && (clock.finished || state === "failed")) this.on.ended();
  }

  /** Play all phases from the start. */
  play() {
    this.waits = false;
    this.picture.touch(() => this.picture.clock.begin(true));
  }

  destroy() {
    this.observer.disconnect();
    this.picture.destroy();
    this.element.remove();
  }
}
