import { Caption } from "./controls/captions.js";
import { chooseRows } from "./canvas/beads.js";
import { make, setAttribute, setText } from "./controls/dom.js";
import { featureSpace } from "./canvas/features.js";
import { InputSpace } from "./canvas/inputs.js";
import { lensOf } from "./data/lens.js";
import { Working } from "./formula/working.js";
import { mixKindOf } from "./formula/mix_formulas.js";
import { workingOf } from "./formula/workings.js";
import { marginsOf } from "./canvas/margins.js";
import { mixedRows } from "./data/mixed.js";
import { Moment } from "./data/moment.js";
import { mostRows } from "./canvas/mixing.js";
import { Numbers } from "./controls/numbers.js";
import { Plot } from "./plot.js";
import { Range } from "./canvas/range.js";
import { runText } from "./controls/words.js";

const LEAST_WIDTH = 200;
const GAP = 16;
/** How many mixed rows are painted for a formula. */
const EXPLAINED_ROWS = { lam: 3, mix: 1, label: 1 };

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
   * @param {() => void} restart called when a person asks to train a stopped run again
   * @param {(panel: Panel) => void} retrain called when a person asks to train a finished one anew
   */
  constructor(metrics, restart, retrain) {
    this.title = make("h3", { class: "ammix-title" });
    this.hide = make("button", {
      type: "button", class: "ammix-hide", "aria-label": "Hide this panel", title: "Hide this panel",
    }, "×");
    this.about = make("p", { class: "ammix-about" });
    this.status = make("span", { class: "ammix-status-text" });
    this.restart = make("button", { type: "button", class: "ammix-restart", hidden: "" }, "Restart");
    this.restart.addEventListener("click", () => restart(this));
    this.features = new Plot(featureSpace);
    this.plots = [this.features];
    this.spaces = make("div", { class: "ammix-spaces" }, this.features.element);
    this.caption = new Caption(() => retrain(this));
    this.working = new Working();
    this.caption.element.append(this.working.element);
    this.numbers = new Numbers(metrics);
    this.element = make(
      "article", { class: "ammix-panel", "data-testid": "panel" },
      make("div", { class: "ammix-heading" }, this.title, this.hide), this.about,
      make("div", { class: "ammix-status" }, this.status, this.restart),
      this.spaces, this.caption.element, this.numbers.list, this.numbers.byClass,
    );
    this.moment = new Moment();
    this.record = new Moment();
    /** The numbers of the formula that is set, null if there are none. */
    this.explained = null;
    this.panelRange = new Range();
    /** The mixed rows on display, those of the last snapshot until newer ones come, and which are painted. */
    this.rows = null;
    this.chosen = [];
    /** The margins that are painted, null if there are none. */
    this.margins = null;
  }

  /**
   * Display another run. The previous picture stays, dimmed, until its first record, unless it is of
   * other data, whose classes the legend no longer names.
   */
  assign(run, store) {
    if (this.lens?.store !== store) {
      this.rows = null;
      this.panelRange = new Range(this.panelRange.current);
    }
    this.lens = lensOf(store, isCoarse(run));
    this.otherData ||= run.data !== this.data;
    this.data = run.data;
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

  /**
   * Have the plots of a view. Of images there is feature space only; inputs may still be on their way.
   *
   * @param {{of(key: string): object | null}} inputs
   * @returns {boolean} whether the plots are others than before
   */
  arrange({ view }, inputs) {
    const { header, key } = this.store;
    const found = view !== "features" && header?.grid ? inputs.of(key) : null;
    if (found && found !== this.inputsFound) this.takeInputs(header, found);
    if (header && !header.grid) this.inputs = this.inputsFound = null;
    const wanted = view !== "features" && this.inputs ? [this.inputs] : [];
    if (view !== "input" || !wanted.length) wanted.push(this.features);
    const same = wanted.length === this.plots.length && wanted.every((plot, i) => plot === this.plots[i]);
    if (same) return false;
    this.plots = wanted;
    this.spaces.replaceChildren(...wanted.map(({ element }) => element));
    return true;
  }

  takeInputs(header, found) {
    const space = new InputSpace(header, found);
    this.inputsFound = found;
    if (this.inputs) this.inputs.scene.space = space;
    else this.inputs = new Plot(space);
  }

  fit(scale) {
    for (const plot of this.plots) plot.fit(scale);
  }

  /** Update the status text. */
  tell(position, now, display) {
    const { store, lens } = this;
    const { outside } = this.features.scene;
    const beyond = outside ? ` · ${outside} ${outside === 1 ? "point" : "points"} outside the plot` : "";
    const words = runText(lens, position, now) + beyond;
    setText(this.status, words);
    setAttribute(this.status, "title", words);
    setAttribute(this.element, "data-run-state", store.state);
    this.restart.hidden = store.state !== "stopped";
    this.caption.show(lens, this.rows, this.chosen, this.margins, display);
    this.working.show(display, this.explained, lens);
    const classes = lens.coarse ? `, by the coarse classes ${lens.names.join(", ")}` : "";
    for (const { canvas, space } of this.plots) {
      const what = space === featureSpace ? "Features and confidence" : "Inputs and confidence";
      setAttribute(canvas, "aria-label", `${what} of ${this.title.textContent}${classes}`);
    }
  }

  /** Go to a position; choose the mixed rows to paint. */
  move(view) {
    const { store, lens } = this;
    this.moment.move(lens, view);
    const { explain, pair, split } = view.display;
    const mixing = view.display.explainsMixing || (view.display.mixing && !explain);
    const margins = view.display.margins && !explain;
    const { classifier, blank } = this.moment;
    this.margins = margins && !blank ? marginsOf(classifier, this.moment.centres(split)) : null;
    const rows = mixing ? mixedRows(store, store.nearest(view.hold.position)) : null;
    const last = this.rows && store.places[this.rows.index] ? this.rows : undefined;
    this.rows = rows === undefined ? last : rows;
    const most = EXPLAINED_ROWS[explain] ?? mostRows(this.plots.at(-1).width);
    this.chosen = this.rows ? chooseRows(this.rows, lens, pair, most) : [];
    this.explained = explain ? this.explain(view.display, store.nearest(view.position), rows) : null;
    if (explain) this.working.show(view.display, this.explained, lens);
  }

  /** The formula with the numbers of record `index`; computed once for the same points. */
  explain({ explain, explainsMixing, split }, nearest, latest) {
    const { store, lens, known, rows, chosen } = this;
    const index = explain !== "lam" && explainsMixing && rows ? rows.index : nearest;
    const of = [explain, store.places[index], split, lens.labels, rows, latest, String(chosen)];
    if (known?.of.every((each, i) => each === of[i])) return known.found;
    this.record.move(lens, { position: index, playing: false });
    const kind = explainsMixing ? mixKindOf(store) : null;
    const mix = kind && { kind, chosen, rows: rows ?? latest };
    const found = workingOf(explain, { record: this.record, lens, index, split, mix });
    this.known = { of, found: found && { ...found, mix, index } };
    return this.known.found;
  }

  /** Length of the longest push that is painted. */
  get longestPush() {
    const { push } = this.rows ?? {};
    return Math.max(0, ...this.chosen.map((row) => Math.hypot(push[2 * row], push[2 * row + 1])));
  }

  /**
   * @param {{range, row: number, all: boolean}} at the range of feature space, the mixed row under the
   *   pointer, and whether to paint all spaces: of both, input space may wait for the next frame
   */
  paint(view, { range, row, all }) {
    const { rows, chosen, moment } = this;
    this.otherData = false;
    const mixing = rows && { rows, chosen, row, strength: view.hold.strength };
    for (const plot of all ? this.plots : this.plots.slice(-1)) {
      plot.paint(moment, plot.space.range ?? range, { ...view, margins: this.margins, explained: this.explained }, mixing);
    }
  }

  /** How many mixed rows are painted in any of the plots. */
  get painted() {
    return new Set(this.plots.flatMap(({ beads }) => beads.map(({ row }) => row))).size;
  }
}
