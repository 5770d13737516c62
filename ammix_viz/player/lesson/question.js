import { make, setText } from "../controls/dom.js";
import { markerSvg } from "../canvas/shapes.js";
import { prose } from "./prose.js";

/** The question of a step: its options, then what was right and why. */

export class Question {
  /**
   * @param {{text: string, options: string[], answer: number, why: string}} question no options if a
   *   class is chosen
   * @param {(option: number) => void} answered called with the option, or class, that is chosen
   */
  constructor(question, answered) {
    Object.assign(this, { question, answered });
    this.chosen = undefined;
    this.heading = make("p", { class: "ammix-lesson-ask" }, question.text);
    this.options = make("div", { class: "ammix-lesson-options", role: "group", "aria-label": question.text });
    this.verdict = make("strong", { class: "ammix-lesson-verdict" });
    this.reveal = make("button", { type: "button", class: "ammix-button", hidden: "" }, "Show the answer");
    this.reveal.addEventListener("click", () => this.show());
    this.why = make("div", { class: "ammix-lesson-why", role: "status" });
    this.element = make(
      "div", { class: "ammix-lesson-question" },
      this.heading, this.options, this.verdict, this.reveal, this.why,
    );
    this.fill(question.options.map((option) => [option]));
  }

  get picksClass() {
    return this.question.options.length === 0;
  }

  get revealed() {
    return this.why.childElementCount > 0;
  }

  /** Offer the classes of the displayed data, once they are known. */
  offerClasses({ names, marks }) {
    if (!this.picksClass || this.options.childElementCount) return;
    this.fill(names.map((name, k) => {
      const marker = make("span", { "aria-hidden": "true" });
      marker.innerHTML = markerSvg(marks[k]);
      return [marker, name];
    }));
  }

  fill(contents) {
    const buttons = contents.map((content, option) => {
      const button = make("button", { type: "button", class: "ammix-lesson-option", "aria-pressed": "false" }, ...content);
      button.addEventListener("click", () => this.choose(option));
      return button;
    });
    this.options.replaceChildren(...buttons);
    this.tally(this.counts);
    if (this.chosen !== undefined) this.mark();
  }

  /** Show how many chose each option, as far as any did; null for nothing. */
  tally(counts) {
    this.counts = counts ?? null;
    const most = Math.max(1, ...(counts ?? []));
    this.options.classList.toggle("ammix-lesson-tally", Boolean(counts));
    [...this.options.children].forEach((button, option) => {
      const count = counts?.[option] ?? 0;
      button.querySelector(".ammix-lesson-tally-count")?.remove();
      button.style.setProperty("--ammix-share", count / most);
      if (counts) button.append(make("span", { class: "ammix-lesson-tally-count", "aria-label": `${count} chose this` }, String(count)));
    });
  }

  choose(option) {
    if (this.chosen !== undefined) return;
    this.chosen = option;
    this.mark();
    setText(this.verdict, "Now watch.");
    this.reveal.hidden = false;
    this.answered(option);
  }

  mark() {
    [...this.options.children].forEach((button, option) => {
      button.disabled = true;
      button.setAttribute("aria-pressed", option === this.chosen);
      if (!this.revealed) return;
      const right = option === this.question.answer;
      button.hidden = !right && option !== this.chosen;
      button.classList.toggle("ammix-lesson-right", right);
      button.classList.toggle("ammix-lesson-wrong", option === this.chosen && !right);
    });
  }

  /** Say whether the answer was right, and why. */
  show() {
    if (this.revealed || this.chosen === undefined) return;
    const [first, ...others] = prose(this.question.why);
    const right = this.chosen === this.question.answer;
    first.prepend(make("strong", {}, right ? "✓ Right. " : "✗ Not quite. "));
    this.why.replaceChildren(first, ...others);
    this.reveal.hidden = true;
    setText(this.verdict, "");
    this.mark();
  }

  /** The answer was given before: show everything. */
  recall(option) {
    this.chosen = option;
    this.show();
  }
}
