import { make, setAttribute, setText } from "../controls/dom.js";
import { countText, numberText } from "../controls/words.js";
import { markerSvg } from "../canvas/shapes.js";
import { letter } from "./nodes.js";

/** The formula with the numbers of the moment, under the pictures of a run. */

/** The letter of each formula, and the digits of its value. */
const RESULTS = { A: ["A", "", 2], U: ["U", "", 3], U1: ["U", "1", 3], D_relative: ["D", "relative", 3],
  D_centroid: ["D", "centroid", 2], D_max: ["D", "max", 2] };

export class Working {
  constructor() {
    this.line = make("span", {});
    this.note = make("span", { class: "ammix-muted" });
    this.element = make("p", { class: "ammix-working", hidden: "" }, this.line, " ", this.note);
  }

  /**
   * @param {{explain: string, split: string}} display
   * @param found as `workingOf` returns it, null if there are no numbers
   * @param {number} index of the record
   */
  show({ explain, split }, found, lens, index) {
    this.element.hidden = !explain || !lens.store.header;
    if (this.element.hidden) return;
    if (!found) return setText(this.note, "");
    const [name, below, digits] = RESULTS[explain];
    const all = isAll(lens.store, split);
    const recorded = lens.value(index, `${split}.${explain}`);
    const value = all && Number.isFinite(recorded) ? recorded : found.value;
    this.lay([letter(name, below), " = ", ...found.line, all ? " = " : " ≈ ", { result: numberText(value, digits) }], lens);
    setText(this.note, noteOf(lens, index, split, recorded));
  }

  /** Set the line; where only numbers are others than before, the elements stay, and keep the focus. */
  lay(line, lens) {
    const shape = line.map((part) => part.tag ?? (part.result ? "result" : part.textContent ?? part)).join("|");
    const same = shape === this.shape && this.marks === lens.marks;
    [this.shape, this.marks] = [shape, lens.marks];
    if (!same) this.line.replaceChildren(...line.map((part) => elementOf(part, lens)));
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

function elementOf(part, { marks }) {
  if (part.result) return make("strong", { class: "ammix-result" });
  if (!part.tag) return part;
  const chip = make("span", { class: "ammix-term ammix-chip", "data-tag": part.tag, tabindex: 0, role: "button" });
  const labels = part.labels ?? (part.label === undefined ? [] : [part.label]);
  chip.innerHTML = labels.map((label) => markerSvg(marks[label], 12)).join("");
  chip.append(make("span", { class: "ammix-number" }));
  return chip;
}

/** Whether all samples of a split are displayed. */
function isAll(store, split) {
  return store.displayed(split) === (store.total(split) ?? store.displayed(split));
}

/** Which samples the numbers are of, where not all are displayed. */
function noteOf({ store }, index, split, recorded) {
  if (isAll(store, split)) return "";
  const [displayed, total] = [store.displayed(split), store.total(split)].map(countText);
  const whole = store.estimated(index, split) ? "" : `; of all: ${numberText(recorded, 3)}`;
  return `Of the ${displayed} displayed of ${total} samples${whole}.`;
}
