import { make, setText } from "../controls/dom.js";
import { markerSvg } from "../canvas/shapes.js";

/** What stands beside the plot: brushes, buttons, and how many points there are. */

const MOST_BYTES = 1_000_000;
const ERASER = `<svg width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor"
  stroke-width="2" stroke-linejoin="round" aria-hidden="true"><path d="M8 20 3.5 15.5a1.5 1.5 0 0 1 0-2.1L14 3l7 7-10 10z"/>
  <path d="m8.5 8.5 7 7M8 20h12"/></svg>`;

export const ERASE = "erase";

/** A text file that the browser saves. */
function save(name, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export class Tools {
  /**
   * @param {{classes: number, most: number, clouds: {title: string, points: number[][]}[]}} given
   * @param {{brush, undo, clear, cloud, csv, load, refuse, train}} on what to call
   */
  constructor({ classes, most, clouds }, on) {
    this.on = on;
    this.most = most;
    this.brushes = [...Array(classes).keys(), ERASE].map((brush) => this.makeBrush(brush));
    this.undo = this.button("Undo", () => on.undo());
    this.train = make("button", { type: "button", class: "ammix-train" }, "Train on these points");
    this.train.addEventListener("click", () => on.train());
    this.counted = make("p", { class: "ammix-counted", role: "status" });
    this.hint = make("p", { class: "ammix-hint" });
    const label = make("span", { class: "ammix-brush-name", "aria-hidden": "true" }, "Class");
    const group = make("div", { class: "ammix-brushes", role: "group", "aria-label": "Brush" }, label, ...this.brushes);
    const buttons = make(
      "div", { class: "ammix-edits" },
      this.undo, this.button("Clear", () => on.clear()), this.makeClouds(clouds), ...this.makeFiles(),
    );
    this.element = make("div", { class: "ammix-palette" }, group, buttons, this.counted, this.hint, this.train);
  }

  button(label, press) {
    const button = make("button", { type: "button", class: "ammix-edit" }, label);
    button.addEventListener("click", press);
    return button;
  }

  makeBrush(brush) {
    const name = brush === ERASE ? "Erase" : `Class ${brush}`;
    const key = brush === ERASE ? "E" : brush + 1;
    const button = make("button", { type: "button", class: "ammix-brush", "data-brush": brush, title: `${name} (key ${key})` });
    button.innerHTML = brush === ERASE ? ERASER : markerSvg(brush, 20);
    button.append(brush === ERASE ? name : String(brush));
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => this.on.brush(brush));
    return button;
  }

  makeClouds(clouds) {
    const list = make("select", { class: "ammix-edit", "aria-label": "Start from" }, make("option", { value: "" }, "Start from …"));
    clouds.forEach(({ title }, i) => list.append(make("option", { value: i }, title)));
    list.addEventListener("change", () => {
      if (list.value !== "") this.on.cloud(clouds[list.value].points);
      list.value = "";
    });
    return list;
  }

  makeFiles() {
    const file = make("input", { type: "file", accept: ".csv,text/csv,text/plain", hidden: "", "aria-label": "CSV file" });
    file.addEventListener("change", async () => {
      const [chosen] = file.files;
      file.value = "";
      if (!chosen) return;
      if (chosen.size > MOST_BYTES) this.on.refuse("The file is larger than 1 MB; it is not loaded.");
      else this.on.load(await chosen.text());
    });
    const load = this.button("Load CSV", () => file.click());
    load.title = "Columns x, y (from −6 to 6) and class (from 0 to 5)";
    return [load, file, this.button("Save CSV", () => save("points.csv", this.on.csv()))];
  }

  /** @param {{brush, counts: number[], held: number, canUndo: boolean, changed: boolean, said: string}} state */
  show({ brush, counts, held, canUndo, changed, said }) {
    for (const button of this.brushes) button.setAttribute("aria-pressed", button.dataset.brush === String(brush));
    const all = counts.reduce((sum, count) => sum + count, 0);
    this.undo.disabled = !canUndo;
    const full = all >= this.most ? " That is the most there can be." : "";
    const split = all ? ` ${all - held} to train on, ${held} to test on: every fourth of a class, hollow.` : "";
    setText(this.counted, `${all} of ${this.most} points.${full}${split}`);
    const ready = counts.filter((count) => count > 1).length > 1;
    const single = counts.findIndex((count) => count === 1);
    const left = single < 0 ? "" : `Class ${single} has one point and is left out.`;
    const hint = left || "Click or tap to place a point, drag to place several.";
    setText(this.hint, said || (ready ? hint : "Place two or more points of at least two classes."));
    this.train.disabled = !ready || !changed;
  }
}
