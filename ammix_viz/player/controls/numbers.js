import { make, setAttribute, setText } from "./dom.js";
import { classColour, markerSvg } from "../canvas/shapes.js";
import { epochsOf, stageAt, stagesOf } from "../data/stages.js";
import { epochText, estimateText, numberText } from "./words.js";

/** The metrics under a panel, and which panel is best. */

const DIRECTIONS = { 1: ["↑", "higher is better"], "-1": ["↓", "lower is better"], 0: ["", ""] };

/** The epoch of a run at a position, as text for the scrubber. */
export function epochTextAt(store, position) {
  if (!store?.count) return "epoch 0";
  const index = store.nearest(position);
  const epoch = store.value(index, "epoch");
  if (stagesOf(store).length < 2) return `epoch ${epochText(epoch)} of ${epochsOf(store) ?? "?"}`;
  const { name, before, epochs } = stageAt(store, index);
  return `${name}: epoch ${epochText(epoch - before)} of ${epochs}`;
}

function valueOf(lens, position, split, { name, perSplit, ofClassifier }) {
  const index = lens.store.nearest(position);
  if (ofClassifier && lens.unlearnt(index)) return NaN;
  return lens.value(index, perSplit ? `${split}.${name}` : name);
}

function estimatedAt({ store }, position, split) {
  return store.estimated(store.nearest(position), split);
}

/** For each metric, the set of lenses that are best among those of the same classes. */
export function bestOf(metrics, lenses, position, split) {
  const sound = lenses.filter(({ store }) => store.count && store.state !== "failed");
  const groups = [true, false].map((coarse) => sound.filter((lens) => lens.coarse === coarse));
  return metrics.map((metric) => {
    return new Set(groups.flatMap((group) => leaders(group, position, split, metric)));
  });
}

/** The best by one metric, including ties as displayed; none if estimates and exact values mix. */
function leaders(lenses, position, split, metric) {
  if (!metric.better || lenses.length < 2) return [];
  const numbers = lenses.map((lens) => {
    return Number(valueOf(lens, position, split, metric).toFixed(metric.digits));
  });
  const compared = lenses.filter((_, i) => Number.isFinite(numbers[i]));
  const kinds = new Set(compared.map((lens) => estimatedAt(lens, position, split)));
  const finite = numbers.filter(Number.isFinite).map((value) => value * metric.better);
  const best = Math.max(...finite) * metric.better;
  return kinds.size === 1 ? lenses.filter((_, i) => numbers[i] === best) : [];
}

function approximately() {
  return make("span", { class: "ammix-approx", hidden: "" }, "≈");
}

function metricRow({ symbol, subscript, better, help, name }) {
  const [arrow, meaning] = DIRECTIONS[better];
  const term = make("dt", { title: help }, symbol);
  if (subscript) term.append(make("sub", {}, subscript));
  if (arrow) term.append(make("span", { class: "ammix-arrow", "aria-label": meaning }, ` ${arrow}`));
  const star = make("span", { class: "ammix-star", hidden: "", title: "Best of all panels now" }, "★");
  star.setAttribute("aria-label", "best");
  const value = make("span", { class: "ammix-value" }, "–");
  const row = make("div", { class: "ammix-measure", "data-measure": name, title: help });
  const approx = approximately();
  const detail = make("dd", {}, star, approx, value);
  row.append(term, detail);
  return { row, star, value, approx, detail };
}

export class Numbers {
  /** @param metrics those to show, as the page's data names them */
  constructor(metrics) {
    this.metrics = metrics;
    this.rows = metrics.map(metricRow);
    this.list = make("dl", { class: "ammix-numbers" }, ...this.rows.map(({ row }) => row));
    this.bars = make("div", { class: "ammix-bars" });
    const caption = make("div", { class: "ammix-caption" }, "Accuracy by class, %");
    this.byClass = make("div", { class: "ammix-by-class" }, caption, this.bars);
    this.barsOf = null;
  }

  show(lens, position, split, best) {
    const estimate = estimatedAt(lens, position, split) && estimateText(lens.store, split);
    this.metrics.forEach((metric, i) => {
      const { row, star, value, approx, detail } = this.rows[i];
      const number = valueOf(lens, position, split, metric);
      const known = Number.isFinite(number);
      const text = numberText(number, metric.digits);
      setText(value, known && metric.unit ? `${text} ${metric.unit}` : text);
      approx.hidden = !estimate || !known || !metric.perSplit;
      if (approx.hidden) detail.removeAttribute("title");
      else setAttribute(detail, "title", estimate);
      star.hidden = !best[i].has(lens);
      row.classList.toggle("ammix-best", best[i].has(lens));
    });
    this.showBars(lens, position, split, estimate);
  }

  showBars(lens, position, split, estimate) {
    if (this.barsOf !== lens.marks) this.buildBars(lens);
    const index = lens.store.nearest(position);
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
      const what = none || `${text} % of this class is classified correctly${source}`;
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
