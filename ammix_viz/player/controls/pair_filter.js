import { setAttribute } from "./dom.js";

/** Chooses whose mixed samples are displayed: a click on one class of the legend, or on two. */
export class PairFilter {
  /** @param {HTMLElement} legend element that holds the lists of classes */
  constructor(display, legend) {
    this.display = display;
    this.legend = legend;
    display.listen((name) => {
      if (["mixing", "explain"].includes(name) && !display.mixes) display.set("pair", []);
    });
    legend.addEventListener("click", (event) => this.press(event));
    legend.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.press(event);
    });
  }

  /** The classes, unless fine and coarse ones are both listed. */
  get items() {
    const lists = this.legend.querySelectorAll(".ammix-classes");
    return lists.length === 1 ? [...lists[0].children] : [];
  }

  press(event) {
    const label = this.items.indexOf(event.target.closest("li"));
    if (label < 0 || !this.display.mixes) return;
    event.preventDefault();
    const { pair } = this.display;
    if (pair.includes(label)) this.display.set("pair", pair.filter((each) => each !== label));
    else this.display.set("pair", pair.length > 1 ? [label] : [...pair, label]);
  }

  /** Make the classes buttons while mixing is displayed. */
  show() {
    const { mixes, pair } = this.display;
    for (const [label, item] of this.items.entries()) {
      if (mixes) {
        setAttribute(item, "role", "button");
        setAttribute(item, "tabindex", 0);
        setAttribute(item, "aria-pressed", pair.includes(label));
      } else for (const name of ["role", "tabindex", "aria-pressed"]) item.removeAttribute(name);
    }
    this.legend.classList.toggle("ammix-filtered", pair.length > 0);
  }
}
