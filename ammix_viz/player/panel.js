import { Axes, ticksOf } from "./canvas/axes.js";
import { make, setAttribute, setText } from "./controls/dom.js";
import { lensOf } from "./data/lens.js";
import { Numbers } from "./controls/numbers.js";
import { Range } from "./canvas/range.js";
import { Scene } from "./canvas/scene.js";
import { runText } from "./controls/words.js";

const LEAST_WIDTH = 200;
const GAP = 16;

/** How many panels stand in a row: four if they fit (three of three), else two, else one. */
export function columnsFor(count, width) {
  const fit = (n) => width >= n * (LEAST_WIDTH + GAP) - GAP;
  const most = fit(4) || (count === 3 && fit(3)) ? 4 : fit(2) ? 2 : 1;
  return Math.min(Math.max(count, 1), most);
}

function isCoarse(run) {
  return run.view === "coarse";
}

/** One run: title, status, canvas with axes, metrics. */
export class Panel {
  /**
   * @param {object[]} metrics those to show under the picture
   * @param {() => void} restart called when a person asks to train the run again
   */
  constructor(metrics, restart) {
    this.title = make("h3", { class: "ammix-title" });
    this.about = make("p", { class: "ammix-about" });
    this.status = make("span", { class: "ammix-status-text" });
    this.restart = make("button", { type: "button", class: "ammix-restart", hidden: "" }, "Restart");
    this.restart.addEventListener("click", () => restart(this));
    this.canvas = make("canvas", { class: "ammix-canvas", role: "img" });
    const bottom = make("div", { class: "ammix-ticks-x", "aria-hidden": "true" });
    const left = make("div", { class: "ammix-ticks-y", "aria-hidden": "true" });
    this.plot = make("div", { class: "ammix-plot" }, left, this.canvas, bottom);
    this.numbers = new Numbers(metrics);
    this.element = make(
      "article", { class: "ammix-panel", "data-testid": "panel" },
      this.title, this.about, make("div", { class: "ammix-status" }, this.status, this.restart),
      this.plot, this.numbers.list, this.numbers.byClass,
    );
    this.axes = new Axes(bottom, left);
    this.scene = new Scene(this.canvas);
    this.panelRange = new Range();
  }

  /** Display another run; the previous picture stays, dimmed, until its first record. */
  assign(run, store) {
    if (this.lens?.store !== store) this.panelRange = new Range(this.panelRange.current);
    this.lens = lensOf(store, isCoarse(run));
    setText(this.title, run.title ?? run.key);
    setText(this.about, run.about ?? "");
    setAttribute(this.element, "data-key", run.key);
    setAttribute(this.element, "data-view", isCoarse(run) ? "coarse" : "fine");
  }

  get store() {
    return this.lens.store;
  }

  shows(run) {
    return this.store.key === run.key && this.lens.wanted === isCoarse(run);
  }

  fit(scale) {
    this.width = this.canvas.clientWidth;
    this.scene.resize(Math.max(32, Math.round(this.width * scale)));
  }

  /** Update the status text. */
  tell(position, now) {
    const { store, lens } = this;
    const { outside } = this.scene;
    const beyond = outside ? ` · ${outside} ${outside === 1 ? "point" : "points"} outside the plot` : "";
    const words = runText(lens, position, now) + beyond;
    setText(this.status, words);
    setAttribute(this.status, "title", words);
    setAttribute(this.element, "data-run-state", store.state);
    this.restart.hidden = store.state !== "stopped";
    const classes = lens.coarse ? `, by the coarse classes ${lens.names.join(", ")}` : "";
    const what = `Features and confidence of ${this.title.textContent}${classes}`;
    setAttribute(this.canvas, "aria-label", what);
  }

  paint(view, shared) {
    const range = view.display.axes === "each" ? this.panelRange.current : shared.current;
    const { store } = this;
    if (!range || !store.count) return false;
    const ticks = ticksOf(range, this.width);
    this.scene.paint(this.lens, { ...view, range, ticks });
    this.axes.show(range, ticks);
    return true;
  }
}
