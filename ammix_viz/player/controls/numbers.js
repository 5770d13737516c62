import { FORMULAS } from "../formula/formulas.js";
import { make, setAttribute, setText } from "./dom.js";
import { classColour, markerSvg } from "../canvas/shapes.js";
import { epochsOf, stageAt, stagesOf } from "../data/stages.js";
import { epochText, estimateText, numberText } from "./words.js";

/** The metrics under a panel, and the accuracy of each class. */

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

function symbolOf({ symbol, subscript }) {
  const letter = make("span", { class: "ammix-symbol" }, symbol);
  if (subscript) letter.append(make("sub", {}, subscript));
  return letter;
}

/** What letters and arrows mean, for panels that have no space for names. */
export function makeKey(metrics) {
  const letters = metrics.filter(({ symbol }) => symbol).map((metric) => {
    return make("span", {}, symbolOf(metric), ` ${metric.label.toLowerCase()}`);
  });
  const measures = make("span", { class: "ammix-key-icon" });
  measures.innerHTML = MEASURE_ICON;
  measures.append("show what it measures");
  return make("p", { class: "ammix-key" }, ...letters, make("span", {}, "↑ higher is better"), measures);
}

function valueOf(lens, index, split, { name, perSplit, ofClassifier }) {
  if (ofClassifier && lens.unlearnt(index)) return NaN;
  return lens.value(index, perSplit ? `${split}.${name}` : name);
}

/** The accuracy of each class in percent, NaN where the classifier is not trained yet. */
function sharesOf(lens, index, split) {
  const view = lens.unlearnt(index) ? null : lens.view(index, `${split}.per_class_accuracy`);
  return lens.names.map((_, k) => (view ? view[k] : NaN));
}

/** How many classes have no sample that is classified correctly, in words, or "". */
function lostText(shares) {
  const count = shares.filter((share) => share === 0).length;
  return count ? `${count} ${count === 1 ? "class" : "classes"} lost` : "";
}

function approximately() {
  return make("span", { class: "ammix-approx", hidden: "" }, "≈");
}

/** Two points and their distance. */
const MEASURE_ICON = `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="currentColor"><path
  d="M4 12 12 4" stroke="currentColor" stroke-width="1.8"/><circle cx="3.6" cy="12.4" r="2.4"/><circle
  cx="12.4" cy="3.6" r="2.4"/></svg>`;

/** The formula that explains a metric. */
const EXPLAINED_BY = { margin_balance: "margin" };

/** A switch that sets the formula of a metric and paints what it measures, null if there is none. */
function explainSwitch({ name, label }) {
  const explain = EXPLAINED_BY[name] ?? name;
  if (!FORMULAS[explain]) return null;
  const words = `Show what ${label.toLowerCase()} measures`;
  const attributes = { type: "button", class: "ammix-explain", "data-explain": explain, "aria-pressed": "false" };
  const button = make("button", { ...attributes, title: words, "aria-label": words });
  button.innerHTML = MEASURE_ICON;
  return button;
}

function metricRow(metric) {
  const { label, symbol, better, help, name } = metric;
  const [arrow, meaning] = DIRECTIONS[better];
  const term = make("dt", {}, make("span", { class: "ammix-name" }, label));
  if (symbol) term.append(symbolOf(metric));
  if (arrow) term.append(make("span", { class: "ammix-arrow", role: "img", "aria-label": meaning }, arrow));
  const button = explainSwitch(metric);
  if (button) term.append(button);
  const lost = make("span", { class: "ammix-lost", hidden: "" });
  const value = make("span", { class: "ammix-value" }, "–");
  const approx = approximately();
  const detail = make("dd", {}, lost, approx, value);
  const row = make("div", { class: "ammix-measure", "data-measure": name, title: help }, term, detail);
  return { row, value, approx, detail, lost };
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

  show(lens, position, split) {
    const index = lens.store.nearest(position);
    const estimate = lens.store.estimated(index, split) && estimateText(lens.store, split);
    const shares = sharesOf(lens, index, split);
    this.metrics.forEach((metric, i) => {
      const number = valueOf(lens, index, split, metric);
      this.showMetric(metric, this.rows[i], number, estimate);
      if (metric.name === "accuracy") this.showLost(this.rows[i].lost, lostText(shares));
      if (metric.name === "balanced_accuracy") this.rows[i].row.hidden = this.isBalanced(lens, split);
    });
    this.showBars(lens, shares, estimate, lens.unlearnt(index));
  }

  /** Whether balanced accuracy is accuracy, as all classes have equally many samples. */
  isBalanced(lens, split) {
    const { classes } = lens;
    if (this.counted?.classes !== classes || this.counted.split !== split) {
      const { all } = lens.counts(split);
      this.counted = { classes, split, balanced: all.every((count) => count === all[0]) };
    }
    return this.counted.balanced;
  }

  showMetric({ digits, unit, perSplit }, { value, approx, detail }, number, estimate) {
    const known = Number.isFinite(number);
    const text = numberText(number, digits);
    setText(value, known && unit ? `${text} ${unit}` : text);
    approx.hidden = !estimate || !known || !perSplit;
    if (approx.hidden) detail.removeAttribute("title");
    else setAttribute(detail, "title", estimate);
  }

  showLost(element, words) {
    setText(element, words);
    element.hidden = !words;
  }

  showBars({ names, marks }, shares, estimate, untrained) {
    if (this.barsOf !== marks) this.buildBars({ names, marks });
    names.forEach((name, k) => {
      const share = shares[k];
      const text = numberText(share, 0);
      const bar = this.bars.children[k];
      const sure = Number.isFinite(share) ? Math.min(Math.max(share, 0), 100) : 0;
      bar.querySelector(".ammix-bar-fill").style.transform = `scaleY(${(sure / 100).toFixed(3)})`;
      setText(bar.querySelector(".ammix-bar-number"), text);
      bar.querySelector(".ammix-approx").hidden = !estimate || !Number.isFinite(share);
      bar.classList.toggle("ammix-bar-lost", share === 0);
      const source = estimate ? `. ${estimate}` : "";
      const what = untrained || `${text} % of this class is classified correctly${source}`;
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
