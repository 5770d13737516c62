import { make, setAttribute } from "./dom.js";

/** On a narrow screen panels stand side by side and are swiped; the picker goes to one by its name. */

export class Picker {
  /** @param {HTMLElement} row of the panels; it scrolls sideways */
  constructor(row) {
    this.row = row;
    this.panels = [];
    this.element = make("div", { class: "ammix-picker", role: "group", "aria-label": "Panel" });
    row.addEventListener("scroll", () => this.mark(), { passive: true });
  }

  /** @param {{title: HTMLElement, element: HTMLElement}[]} panels those in the row, in their order */
  show(panels) {
    this.panels = panels.map(({ element }) => element);
    const names = panels.map(({ title }) => title.textContent);
    if (names.join("\n") === this.names) return;
    this.names = names.join("\n");
    this.element.replaceChildren(...names.map((name, i) => {
      const button = make("button", { type: "button", class: "ammix-pick" }, name);
      button.addEventListener("click", () => this.go(i));
      return button;
    }));
    this.mark();
  }

  go(index) {
    this.row.scrollTo({ left: this.panels[index].offsetLeft, behavior: "smooth" });
  }

  /** Press the name of the panel that is in view. */
  mark() {
    const away = this.panels.map((panel) => Math.abs(panel.offsetLeft - this.row.scrollLeft));
    const nearest = away.indexOf(Math.min(...away));
    [...this.element.children].forEach((button, i) => setAttribute(button, "aria-pressed", i === nearest));
  }
}
