import { make, setAttribute, setText } from "./dom.js";
import { classColour, markerSvg } from "./shapes.js";
import { epochsOf, stageAt, stagesOf } from "./stages.js";
import { epochText, estimateText, numberText } from "./words.js";

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

function measureOf(lens, position, split, { name, shared }) {
  const index = nearestRecord(lens.store, position);
  if (name === "accuracy" && lens.unlearnt(index)) return NaN;
  return lens.value(index, shared ? name : `${split}.${name}`);
}

function estimatedAt({ store }, position, split) {
  return store.estimated(nearestRecord(store, position), split);
}

/** For each measure the set of lenses that are best among those of the same classes. */
export function bestOf(lenses, position, split) {
  const sound = lenses.filter(({ store }) => store.count && store.state !== "failed");
  const groups = [true, false].map((coarse) => sound.filter((lens) => lens.coarse === coarse));
  return MEASURES.map((measure) => {
    return new Set(groups.flatMap((group) => leaders(group, position, split, measure)));
  });
}

/** The best by one measure, ties (as shown) included; none where an estimate meets a count. */
function leaders(lenses, position, split, measure) {
  if (!measure.better || lenses.length < 2) return [];
  const numbers = lenses.map((lens) => {
    return Number(measureOf(lens, position, split, measure).toFixed(measure.digits));
  });
  const compared = lenses.filter((_, i) => Number.isFinite(numbers[i]));
  const kinds = new Set(compared.map((lens) => estimatedAt(lens, position, split)));
  const finite = numbers.filter(Number.isFinite).map((value) => value * measure.better);
  const best = Math.max(...finite) * measure.better;
  return kinds.size === 1 ? lenses.filter((_, i) => numbers[i] === best) : [];
}

function approximately() {
  return make("span", { class: "ammix-approx", hidden: "" }, "≈");
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
  const approx = approximately();
  const detail = make("dd", {}, star, approx, value);
  row.append(term, detail);
  return { row, star, value, approx, detail };
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

  show(lens, position, split, best) {
    const estimate = estimatedAt(lens, position, split) && estimateText(lens.store, split);
    MEASURES.forEach((measure, i) => {
      const { row, star, value, approx, detail } = this.rows[i];
      const number = measureOf(lens, position, split, measure);
      const known = Number.isFinite(number);
      const text = numberText(number, measure.digits);
      setText(value, known ? text + (measure.unit ?? "") : text);
      approx.hidden = !estimate || !known || Boolean(measure.shared);
      if (approx.hidden) detail.removeAttribute("title");
      else setAttribute(detail, "title", estimate);
      star.hidden = !best[i].has(lens);
      row.classList.toggle("ammix-best", best[i].has(lens));
    });
    this.showBars(lens, position, split, estimate);
  }

  showBars(lens, position, split, estimate) {
    if (this.barsOf !== lens.marks) this.buildBars(lens);
    const index = nearestRecord(lens.store, position);
    const none = lens.unlearnt(index);
    const view = lens.view(index, `${split}.per_class_accuracy`);
    lens.names.forEach((name, k) => {
      const share = view && !none ? view[k] : NaN;
      const text = numberText(share, 0);
      const bar = this.bars.children[k];
      const sure = Number.isFinite(share) ? Math.min(Math.max(share, 0), 100) : 0;
      bar.querySelector(".ammix-bar-fill").style.transform = `scaleY(${(sure / 100).toFixed(3)})`;
      setText(bar.querySelector(".ammix-bar-number"), text);
      bar.querySelector(".ammix-approx").hidden = !estimate || !Number.isFinite(share);
      const source = estimate ? `. ${estimate}` : "";
      const what = none || `${text} % of its points get their own class${source}`;
      setAttribute(bar, "title", `${name}: ${what}`);
    });
  }

  buildBars({ names, marks }) {
    this.barsOf = marks;
    this.bars.classList.toggle("ammix-bars-many", names.length > 5);
    this.bars.replaceChildren(...marks.map((mark) => {
      const bar = make("div", { class: "ammix-bar" });
      bar.innerHTML = `<span class="ammix-bar-text"><span class="ammix-bar-number"></span></span><span
        class="ammix-bar-track"><span class="ammix-bar-fill" style="background:${classColour(mark)}"
        ></span></span>${markerSvg(mark)}`;
      bar.querySelector(".ammix-bar-text").prepend(approximately());
      return bar;
    }));
  }
}
