import { make, setAttribute, setText } from "../controls/dom.js";
import { boxOfCircle } from "../canvas/measures.js";
import { unionBox } from "../data/records.js";
import { Focus } from "./focus.js";
import { mixKindOf } from "./mix_formulas.js";
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
    const closing = { class: "ammix-hide", "aria-label": "Close the formula", title: "Close (Esc)" };
    const close = make("button", { type: "button", ...closing }, "×");
    close.addEventListener("click", () => display.set("explain", ""));
    const words = make("p", { "aria-live": "polite" }, this.title, " ", this.about);
    this.words = make("div", { class: "ammix-formula-words" }, words);
    this.element = make(
      "aside", { class: "ammix-formula", "aria-label": "Formula", hidden: "" }, this.formula, this.words, close,
    );
    this.listen(root);
    this.show();
  }

  listen(root) {
    const over = ({ target }) => target.closest(".ammix-canvas") || this.point(target.closest(".ammix-term"));
    root.addEventListener("pointerover", over);
    root.addEventListener("focusin", over);
    root.addEventListener("pointerdown", over);
    root.addEventListener("click", ({ target }) => this.press(target.closest("[data-explain]")));
    root.addEventListener("keydown", (event) => {
      const pressed = [" ", "Enter"].includes(event.key) && event.target.closest("span[data-explain]");
      const left = event.key === "Escape" && this.display.explain;
      if (!pressed && !left) return;
      event.preventDefault();
      if (pressed) this.press(pressed);
      else this.display.set("explain", "");
    });
  }

  /** A switch of a formula is pressed: set it, or take it away. */
  press(element) {
    if (!element) return;
    const { explain } = element.dataset;
    this.display.set("explain", this.display.explain === explain ? "" : explain);
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
    this.root.classList.toggle("ammix-explaining", Boolean(chosen));
    this.variants = this.symbols = "";
    if (chosen) setText(this.title, `${chosen.title} (${chosen.source}).`);
    if (chosen) this.set(chosen.set ? [{ ...chosen, titles: [] }] : []);
    this.mark();
  }

  /** @param {{words, symbols, set, titles: string[]}[]} variants of the formula, and whose they are */
  set(variants) {
    this.formula.replaceChildren(...variants.map(({ set, titles }) => {
      const whose = titles.length ? [make("span", { class: "ammix-formula-whose" }, titles.join(", "))] : [];
      return make("span", { class: "ammix-formula-variant" }, make("span", {}, ...set()), ...whose);
    }));
    this.symbols = [...new Set(variants.map(({ symbols }) => symbols))].join(" ");
    const words = variants.map((each) => [each.titles.join(" and "), each.words].filter(Boolean).join(": "));
    setAttribute(this.formula, "aria-label", words.join("; "));
    this.reserve();
  }

  /** Keep as much space as the longest words need, so that nothing moves away from the pointer. */
  reserve() {
    const terms = [...this.formula.querySelectorAll(".ammix-term")].map(({ dataset }) => sentence(dataset.about));
    const longest = [this.general, ...terms].reduce((a, b) => (b.length > a.length ? b : a));
    const title = make("strong", {}, this.title.textContent);
    const spacer = make("p", { class: "ammix-formula-spacer", "aria-hidden": "true" }, title, ` ${longest}`);
    this.words.replaceChildren(this.words.firstChild, spacer);
  }

  /** What the formula is about, and what its letters stand for. */
  get general() {
    return [FORMULAS[this.display.explain]?.about, this.symbols].filter(Boolean).join(" ");
  }

  /** Have the variants of the formula that the runs on display have. */
  tell(panels) {
    const chosen = FORMULAS[this.display.explain];
    if (chosen?.variants) this.setVariants(chosen, panels);
    this.mark();
  }

  setVariants({ variantOf, variants }, panels) {
    const titles = new Map();
    for (const { store, rows, title } of panels) {
      const kind = mixKindOf(store);
      const name = kind ? variantOf(kind, rows) : "";
      if (variants[name]) titles.set(name, [...(titles.get(name) ?? []), title.textContent]);
    }
    const said = JSON.stringify([...titles]);
    if (said === this.variants) return;
    this.variants = said;
    const several = titles.size > 1;
    this.set([...titles].map(([name, of]) => ({ ...variants[name], titles: several ? of : [] })));
  }

  /** Mark the terms that are pointed at, by themselves or in a picture. */
  mark() {
    const { focus, root } = this;
    for (const element of root.querySelectorAll("[data-explain]")) {
      setAttribute(element, "aria-pressed", element.dataset.explain === this.display.explain);
    }
    for (const term of root.querySelectorAll(".ammix-term")) {
      term.classList.toggle("ammix-lit", focus.hasTerm(term.dataset.tag));
    }
    root.classList.toggle("ammix-pointing", focus.some);
    const named = this.pointed ?? this.formula.querySelector(".ammix-lit");
    setText(this.about, sentence(named?.dataset.about) || this.general);
  }
}

/** Words as a sentence; a letter of the formula at their start stays as it is. */
function sentence(words) {
  const begins = /^[a-z]{2}|^a /.test(words ?? "");
  return words && `${begins ? words[0].toUpperCase() : words[0]}${words.slice(1)}.`;
}
