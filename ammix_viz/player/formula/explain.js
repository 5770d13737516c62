import { make, setAttribute, setText } from "../controls/dom.js";
import { boxOfCircle } from "../canvas/measures.js";
import { unionBox } from "../data/records.js";
import { Focus } from "./focus.js";
import { FORMULAS } from "./formulas.js";

/** Formulas whose picture has the circle. */
export const ON_CIRCLE = ["U", "U1"];

/** The formula that is explained, once for all panels, and what is pointed at. */
export class Explain {
  /**
   * @param {HTMLElement} root of the player
   * @param {Display} display
   * @param {() => void} changed asks for a new paint
   */
  constructor(root, display, changed) {
    Object.assign(this, { root, display });
    this.focus = new Focus(() => {
      this.mark();
      changed();
    });
    this.formula = make("div", { class: "ammix-formula-line", role: "group" });
    this.title = make("strong", {});
    this.about = make("span", {});
    const close = make("button", { type: "button", class: "ammix-hide", "aria-label": "Close the formula", title: "Close (Esc)" }, "×");
    close.addEventListener("click", () => display.set("explain", ""));
    this.words = make("p", { class: "ammix-formula-words", "aria-live": "polite" }, this.title, " ", this.about);
    this.element = make("aside", { class: "ammix-formula", "aria-label": "Formula", hidden: "" }, this.formula, this.words, close);
    this.listen(root);
    this.show();
  }

  listen(root) {
    const over = ({ target }) => target.closest(".ammix-canvas") || this.point(target.closest(".ammix-term"));
    root.addEventListener("pointerover", over);
    root.addEventListener("focusin", over);
    root.addEventListener("pointerdown", over);
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.display.explain) return;
      event.preventDefault();
      this.display.set("explain", "");
    });
  }

  /** Point at a term; elsewhere, leave the one pointed at. */
  point(term) {
    this.ofPicture = false;
    this.pointed = term;
    this.focus.point(term ? [term.dataset.tag] : []);
  }

  /** Point at a part of a picture, or leave it. */
  pointAtPart(part) {
    if (!part && !this.ofPicture) return;
    this.ofPicture = Boolean(part);
    this.pointed = null;
    this.focus.point(part?.tags);
  }

  /** A box that has to be in view, with the circle if there is one. */
  widened(box) {
    return box && ON_CIRCLE.includes(this.display.explain) ? unionBox(box, boxOfCircle(box)) : box;
  }

  /** Set the formula of the display's choice. */
  show() {
    const chosen = FORMULAS[this.display.explain];
    this.pointed = null;
    this.focus.point();
    this.element.hidden = !chosen;
    if (!chosen) return;
    this.formula.replaceChildren(...chosen.set());
    setAttribute(this.formula, "aria-label", chosen.words);
    setText(this.title, `${chosen.title} (${chosen.source}).`);
    this.mark();
  }

  /** Mark the terms that are pointed at, by themselves or in a picture. */
  mark() {
    const { focus, root } = this;
    for (const term of root.querySelectorAll(".ammix-term")) {
      term.classList.toggle("ammix-lit", focus.hasTerm(term.dataset.tag));
    }
    root.classList.toggle("ammix-pointing", focus.some);
    const named = this.pointed ?? this.formula.querySelector(".ammix-lit");
    setText(this.about, sentence(named?.dataset.about) || (FORMULAS[this.display.explain]?.about ?? ""));
  }
}

function sentence(words) {
  return words && `${words[0].toUpperCase()}${words.slice(1)}.`;
}
