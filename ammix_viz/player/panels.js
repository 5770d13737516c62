import { make, setText } from "./controls/dom.js";
import { Picker } from "./controls/picker.js";
import { columnsFor } from "./panel.js";

/** The panels in their row: which run each shows, which are hidden, how large they are. */

const NARROW = 620;
const MOST_PIXELS = 2_200_000;

export class Panels {
  /**
   * @param {HTMLElement} root of the player
   * @param {Display} display
   * @param {() => Panel} add makes one more panel
   */
  constructor(root, display, add) {
    Object.assign(this, { root, display, add });
    this.all = [];
    /** Pixels of a canvas to one of the page. */
    this.scale = 1;
    this.row = make("div", { class: "ammix-panels" });
    this.picker = new Picker(this.row);
    this.unhide = make("button", { type: "button", class: "ammix-button ammix-unhide", hidden: "" });
    this.unhide.addEventListener("click", () => display.set("hidden", []));
  }

  /** The panels in view; all if none were left. */
  get visible() {
    const { hidden } = this.display;
    const kept = this.all.filter((_, i) => !hidden.includes(i + 1));
    return kept.length ? kept : this.all;
  }

  /**
   * Panels follow their runs; a panel that is left over takes the new run of its place.
   *
   * @param {{key, title, about?, view?, data?}[]} runs
   * @param {Map<string, RunStore>} stores of the runs by key
   */
  arrange(runs, stores) {
    const free = [...this.all];
    const take = (test) => {
      const at = free.findIndex(test);
      return at < 0 ? null : free.splice(at, 1)[0];
    };
    const kept = runs.map((run) => take((panel) => panel.shows(run)));
    this.all = runs.map((run, i) => {
      const panel = kept[i] ?? take(() => true) ?? this.make();
      panel.assign(run, stores.get(run.key));
      return panel;
    });
    this.shareRanges();
    this.forgetHidden(runs.map(({ title, key }) => title ?? key).join("\n"));
    for (const panel of free) panel.element.remove();
    this.all.forEach(({ element }, i) => {
      if (this.row.children[i] !== element) this.row.insertBefore(element, this.row.children[i] ?? null);
    });
    this.showVisible();
  }

  make() {
    const panel = this.add();
    panel.hide.addEventListener("click", () => this.hide(panel));
    return panel;
  }

  /** Panels of the same run share one range: the points are the same. */
  shareRanges() {
    for (const panel of this.all) {
      panel.panelRange = this.all.find(({ store }) => store === panel.store).panelRange;
    }
  }

  hide(panel) {
    if (this.visible.length < 2) return;
    const hidden = new Set([...this.display.hidden, this.all.indexOf(panel) + 1]);
    this.display.set("hidden", [...hidden].sort((a, b) => a - b));
  }

  /** Numbers of hidden panels mean nothing once other panels are there. */
  forgetHidden(titles) {
    if (this.titles !== undefined && titles !== this.titles) this.display.set("hidden", []);
    this.titles = titles;
  }

  /** Show the panels that are not hidden, and fit them; all of them, if none would be left. */
  showVisible() {
    const { all, display } = this;
    if (all.length && all.every((_, i) => display.hidden.includes(i + 1))) return display.set("hidden", []);
    const { visible } = this;
    for (const panel of this.all) panel.element.hidden = !visible.includes(panel);
    const count = this.all.length - visible.length;
    this.unhide.hidden = !count;
    setText(this.unhide, `Show ${count} hidden ${count === 1 ? "panel" : "panels"}`);
    this.fit();
  }

  /** Fit columns and canvases to the width that there is. */
  fit() {
    const { visible, root } = this;
    const columns = columnsFor(visible.length, root.clientWidth);
    const narrow = root.clientWidth < NARROW;
    root.style.setProperty("--ammix-columns", columns);
    root.classList.toggle("ammix-narrow", narrow);
    root.classList.toggle("ammix-rows", !narrow && columns > 1 && visible.length > columns);
    root.classList.toggle("ammix-stacked", this.display.view === "both" && columns > 2);
    root.classList.toggle("ammix-both", new Set(this.all.map(({ lens }) => lens.wanted)).size > 1);
    this.picker.show(visible);
    const canvases = visible.flatMap(({ plots }) => plots.map(({ canvas }) => canvas));
    const widths = canvases.reduce((sum, canvas) => sum + canvas.clientWidth ** 2, 1);
    const sharpest = Math.min(window.devicePixelRatio || 1, 2, Math.sqrt(MOST_PIXELS / widths));
    this.scale = Math.max(1, sharpest);
    for (const panel of visible) panel.fit(this.scale);
  }
}
