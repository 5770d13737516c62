import { make, setAttribute, setText } from "../controls/dom.js";
import { countText, numberText } from "../controls/words.js";
import { markerSvg } from "../canvas/shapes.js";
import { Gauge } from "./gauge.js";
import { letter } from "./nodes.js";

/** The formula with the numbers of the moment, under the pictures of a run. */

/** Of each formula its letter, the digits of its value, and the metric. */
const RESULTS = {
  A: ["A", "", 2, "A"], U: ["U", "", 3, "U"], U1: ["U", "1", 3, "U1"], margin: ["balance", "", 2, "margin_balance"],
  D_relative: ["D", "relative", 3, "D_relative"], D_centroid: ["D", "centroid", 2, "D_centroid"],
  D_max: ["D", "max", 1, "D_max"],
};

export class Working {
  constructor() {
    this.line = make("span", {});
    this.note = make("span", { class: "ammix-muted" });
    this.gauge = new Gauge();
    this.element = make("div", { class: "ammix-working", hidden: "" }, this.line, " ", this.note, this.gauge.element);
  }

  /**
   * @param {{explain: string, split: string, view: string}} display
   * @param found as `workingOf` returns it, with the index of its record, null if there are no numbers
   */
  show({ explain, split, view }, found, lens) {
    this.element.hidden = !explain || !found;
    if (this.element.hidden) return;
    const { index } = found;
    const metric = RESULTS[explain]?.[3];
    this.lay(found.whole ?? withResult(RESULTS[explain], found, lens, index, split), lens);
    const notes = [found.note, metric && samplesText(lens, index, split, metric)];
    if (view === "input") notes.push("The picture is in feature space.");
    setText(this.note, found.whole?.length === 0 ? found.note ?? "" : notes.filter(Boolean).join(" "));
    this.gauge.show(found.gauge);
  }

  /** Set the line; where only numbers are others than before, the elements stay, and keep the focus. */
  lay(given, lens) {
    const line = given.flatMap((part) => part.group ?? [part]);
    const shape = line.map((part) => part.name ?? part.tag ?? (part.result ? "result" : part)).join("|");
    const labels = line.map((part) => part.labels ?? part.label ?? "").join("|");
    const same = shape === this.shape && labels === this.labels && this.marks === lens.marks;
    [this.shape, this.labels, this.marks] = [shape, labels, lens.marks];
    if (!same) this.line.replaceChildren(...given.map((part) => elementOf(part, lens)));
    const numbers = line.filter((part) => part.tag || part.result);
    const elements = this.line.querySelectorAll(".ammix-number, .ammix-result");
    numbers.forEach((part, i) => {
      setText(elements[i], part.text ?? part.result);
      if (!part.tag) return;
      const chip = elements[i].closest(".ammix-term");
      setAttribute(chip, "data-about", part.about);
      setAttribute(chip, "aria-label", `${part.about}: ${part.text}`);
    });
  }
}

/** The letter, the numbers, and what they yield: the metric itself where it is of the samples displayed. */
function withResult([name, below, digits, metric], found, lens, index, split) {
  const all = isAll(lens.store, split);
  const recorded = lens.value(index, `${split}.${metric}`);
  const value = all && Number.isFinite(recorded) ? recorded : found.value;
  const before = found.before ? [found.before] : [];
  const [sign, result] = [all ? " = " : " ≈ ", numberText(value, digits)];
  if (found.line.length === 1) return [{ name, below }, sign, { ...found.line[0], strong: true, text: result }];
  return [...before, { name, below }, " = ", ...found.line, sign, { result }];
}

function elementOf(part, { marks }) {
  if (part.group) return make("span", { class: "ammix-terms" }, ...part.group.map((each) => elementOf(each, { marks })));
  if (part.name) return letter(part.name, part.below);
  if (part.result) return make("strong", { class: "ammix-result" });
  if (!part.tag) return part;
  const chip = make("span", { class: "ammix-term ammix-chip", "data-tag": part.tag, tabindex: 0, role: "button" });
  const labels = part.labels ?? (part.label === undefined ? [] : [part.label]);
  chip.innerHTML = labels.map((label) => markerSvg(marks[label], 12)).join("");
  chip.append(make(part.strong ? "strong" : "span", { class: "ammix-number" }));
  return chip;
}

/** Whether all samples of a split are displayed. */
function isAll(store, split) {
  return store.displayed(split) === (store.total(split) ?? store.displayed(split));
}

/** Which samples the numbers are of, where not all are displayed. */
function samplesText(lens, index, split, metric) {
  const { store } = lens;
  if (isAll(store, split)) return "";
  const [displayed, total] = [store.displayed(split), store.total(split)].map(countText);
  const recorded = numberText(lens.value(index, `${split}.${metric}`), 3);
  return `Of the ${displayed} displayed of ${total} samples${store.estimated(index, split) ? "" : `; of all: ${recorded}`}.`;
}
