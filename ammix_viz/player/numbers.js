import { make, setAttribute, setText } from "./dom.js";
import { classColour, markerSvg } from "./shapes.js";
import { epochsOf, stageAt, stagesOf, untrained } from "./stages.js";
import { epochText, numberText } from "./words.js";

/** The numbers under a panel, out of the records, and which panel has the best. */

const MEASURES = [
  {
    name: "accuracy", label: "Accuracy", unit: " %", digits: 1, better: 1,
    about: "Share of points that get their own class, over all classes. Higher is better.",
  },
  {
    name: "A", label: "A", digits: 2, better: -1,
    about: "Alignment: mean distance between features of the same class. "
      + "Low is tight, but not too low: a class also needs breadth.",
  },
  {
    name: "U", label: "U", digits: 3, better: 1,
    about: "Uniformity: mean distance between class centres, each scaled to length one. "
      + "Higher is more evenly spread.",
  },
  {
    name: "U1", label: "U", low: "1", digits: 3, better: 1,
    about: "Neighbourhood uniformity: mean distance of a class centre, scaled to length one, to its "
      + "nearest other centre. Higher is better.",
  },
  {
    name: "D_relative", label: "D", low: "relative", digits: 3, better: 1,
    about: "Mean distance between class centres as a share of the largest distance between any two "
      + "features. Higher is better.",
  },
  {
    name: "lam", label: "λ", digits: 3, better: 0, shared: true,
    about: "The share of a row's own features in a mixed one. AM-mixup moves it towards ½ as "
      + "training succeeds.",
  },
];

const DIRECTIONS = {
  1: ["↑", "higher is better"],
  "-1": ["↓", "lower is better, but not too low"],
  0: ["", ""],
};

/** The record that is nearest to a position. */
export function nearestRecord(store, position) {
  return Math.min(Math.max(Math.round(position), 0), store.count - 1);
}

/** Where a run is at a position, as the scrubber says it. */
export function shownEpoch(store, position) {
  if (!store?.count) return "epoch 0";
  const index = nearestRecord(store, position);
  const epoch = store.value(index, "epoch");
  if (stagesOf(store).length < 2) return `epoch ${epochText(epoch)} of ${epochsOf(store) ?? "?"}`;
  const { name, before, epochs } = stageAt(store, index);
  return `${name}: epoch ${epochText(epoch - before)} of ${epochs}`;
}

function measureOf(store, position, split, { name, shared }) {
  const index = nearestRecord(store, position);
  if (name === "accuracy" && untrained(store, index)) return NaN;
  return store.value(index, shared ? name : `${split}.${name}`);
}

/** For each measure the set of stores that are best, ties (as shown) included. */
export function bestOf(stores, position, split) {
  const sound = stores.filter((store) => store.count && store.state !== "failed");
  return MEASURES.map((measure) => {
    if (!measure.better || sound.length < 2) return new Set();
    const shown = sound.map((store) => {
      return Number(measureOf(store, position, split, measure).toFixed(measure.digits));
    });
    const finite = shown.filter(Number.isFinite).map((value) => value * measure.better);
    const best = Math.max(...finite) * measure.better;
    return new Set(sound.filter((_, i) => shown[i] === best));
  });
}

function measureRow({ label, low, better, about, name }) {
  const [arrow, meaning] = DIRECTIONS[better];
  const term = make("dt", { title: about }, label);
  if (low) term.append(make("sub", {}, low));
  if (arrow) term.append(make("span", { class: "ammix-arrow", "aria-label": meaning }, ` ${arrow}`));
  const star = make("span", { class: "ammix-star", hidden: "", title: "Best of the panels" }, "★");
  star.setAttribute("aria-label", "best");
  const value = make("span", { class: "ammix-value" }, "–");
  const row = make("div", { class: "ammix-measure", "data-measure": name, title: about });
  row.append(term, make("dd", {}, star, value));
  return { row, star, value };
}

export class Numbers {
  constructor() {
    this.rows = MEASURES.map(measureRow);
    this.list = make("dl", { class: "ammix-numbers" }, ...this.rows.map(({ row }) => row));
    this.bars = make("div", { class: "ammix-bars" });
    const caption = make("div", { class: "ammix-caption" }, "Accuracy by class, %");
    this.byClass = make("div", { class: "ammix-by-class" }, caption, this.bars);
    this.barsOf = null;
  }

  show(store, position, split, best) {
    MEASURES.forEach((measure, i) => {
      const { row, star, value } = this.rows[i];
      const number = measureOf(store, position, split, measure);
      const text = numberText(number, measure.digits);
      setText(value, Number.isFinite(number) ? text + (measure.unit ?? "") : text);
      star.hidden = !best[i].has(store);
      row.classList.toggle("ammix-best", best[i].has(store));
    });
    this.showBars(store, position, split);
  }

  showBars(store, position, split) {
    const names = store.header.class_names;
    if (this.barsOf !== names) this.buildBars(names);
    const index = nearestRecord(store, position);
    const none = untrained(store, index);
    const view = store.view(index, `${split}.per_class_accuracy`);
    names.forEach((name, k) => {
      const share = view && !none ? view[k] : NaN;
      const text = numberText(share, 0);
      const bar = this.bars.children[k];
      const sure = Number.isFinite(share) ? Math.min(Math.max(share, 0), 100) : 0;
      bar.querySelector(".ammix-bar-fill").style.transform = `scaleY(${(sure / 100).toFixed(3)})`;
      setText(bar.querySelector(".ammix-bar-text"), text);
      const what = none ? "no classifier yet" : `${text} % of its points get their own class`;
      setAttribute(bar, "title", `${name}: ${what}`);
    });
  }

  buildBars(names) {
    this.barsOf = names;
    this.bars.classList.toggle("ammix-bars-many", names.length > 5);
    this.bars.replaceChildren(...names.map((_, k) => {
      const bar = make("div", { class: "ammix-bar" });
      bar.innerHTML = `<span class="ammix-bar-text"></span><span class="ammix-bar-track"><span
        class="ammix-bar-fill" style="background:${classColour(k)}"></span></span>${markerSvg(k)}`;
      return bar;
    }));
  }
}
