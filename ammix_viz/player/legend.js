import { make } from "./dom.js";
import { markerSvg } from "./shapes.js";
import { countText } from "./words.js";

/** Above the panels: what each marker means, and the two switches. */

/** Two choices side by side, one of them pressed. */
function makeSwitch(name, choices, choose) {
  const buttons = choices.map(([value, label, about]) => {
    const button = make("button", { type: "button", "data-value": value, title: about }, label);
    button.addEventListener("click", () => press(value));
    return button;
  });
  const press = (value) => {
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.value === value);
    choose(value);
  };
  for (const [i, button] of buttons.entries()) button.setAttribute("aria-pressed", i === 0);
  const group = make("div", { class: "ammix-switch", role: "group", "aria-label": name }, ...buttons);
  return make("div", { class: "ammix-choice" }, make("span", { class: "ammix-muted" }, name), group);
}

export class Legend {
  constructor({ split, range }) {
    this.note = make("p", { class: "ammix-note", hidden: "" });
    this.classes = make("ul", { class: "ammix-classes", "aria-label": "Classes and their train points" });
    const points = makeSwitch("Points", [
      ["train", "Train", "Show the points that the runs learn from"],
      ["test", "Test", "Show points that the runs have never seen"],
    ], split);
    const ranges = makeSwitch("Range", [
      ["shared", "Shared", "One range for all panels: sizes compare"],
      ["own", "Own", "Each panel fills its own range: shapes compare"],
    ], range);
    const switches = make("div", { class: "ammix-switches" }, points, ranges);
    this.element = make("div", { class: "ammix-head" }, this.classes, switches);
  }

  show(header, note) {
    this.note.hidden = !note;
    this.note.textContent = note ?? "";
    if (!header || header === this.shown) return;
    this.shown = header;
    const counts = new Array(header.class_names.length).fill(0);
    for (let i = 0; i < header.train_points; i++) counts[header.labels[i]] += 1;
    this.classes.replaceChildren(...header.class_names.map((name, k) => {
      const item = make("li", { title: `${name}: ${countText(counts[k])} train points` });
      item.innerHTML = markerSvg(k, 18);
      item.append(name, make("span", { class: "ammix-muted" }, countText(counts[k])));
      return item;
    }));
  }
}
