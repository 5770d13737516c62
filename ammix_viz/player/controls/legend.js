import { make } from "./dom.js";
import { makeSwitch } from "./switch.js";
import { markerSvg } from "../canvas/shapes.js";
import { countText } from "./words.js";

/** The legend above the panels, and the switches. */

/** What the numbers beside the classes are; those in brackets are always training samples. */
const COUNTED = { test: "Test (training)", train: "Training" };

/** The classes of one view with their sample counts in the chosen split. */
function makeGroup(lens, split, several) {
  const kindOfSamples = split === "train" ? "training samples" : "test samples";
  const { displayed, all } = lens.counts(split);
  const trainedOn = lens.counts("train").all;
  const label = `${lens.coarse ? "Coarse classes" : "Classes"} and their ${kindOfSamples}`;
  const list = make("ul", { class: "ammix-classes", "aria-label": label });
  list.append(...lens.names.map((name, k) => {
    const count = all[k] === displayed[k] ? countText(all[k]) : `${countText(displayed[k])} of ${countText(all[k])}`;
    const training = split === "train" ? "" : `${countText(trainedOn[k])} training samples`;
    const words = [`${name}: ${count} ${kindOfSamples}`, training].filter(Boolean).join(", ");
    const item = make("li", { title: words });
    item.innerHTML = markerSvg(lens.marks[k], 18);
    item.append(name, make("span", { class: "ammix-muted" }, training ? `${count} (${countText(trainedOn[k])})` : count));
    return item;
  }));
  const counted = several ? (lens.coarse ? "coarse" : "fine") : COUNTED[split];
  return make("div", { class: "ammix-group" }, make("span", { class: "ammix-group-name" }, counted), list);
}

export class Legend {
  constructor(display) {
    this.note = make("p", { class: "ammix-note", hidden: "" });
    this.groups = make("div", { class: "ammix-groups" });
    const points = makeSwitch(display, "split", "Samples", [
      ["test", "Test", "Display and measure the test samples, which are not used for training"],
      ["train", "Train", "Display and measure the training samples"],
    ]);
    const ranges = makeSwitch(display, "axes", "Axes", [
      ["each", "Per panel", "A range for each panel; the bar at the bottom left is equally long in all"],
      ["shared", "Shared", "The same range in all panels: compare sizes"],
    ]);
    const switches = make("div", { class: "ammix-switches" }, points, ranges);
    this.element = make("div", { class: "ammix-head" }, this.groups, switches);
  }

  /** Name no classes until those of other data are known. */
  clear() {
    this.said = null;
    this.groups.replaceChildren();
  }

  /** The classes on display: the coarse ones, the fine ones, or both. */
  show(lenses, split, note) {
    this.note.hidden = !note;
    this.note.textContent = note ?? "";
    const ready = lenses.filter(({ store }) => store.header);
    const groups = [true, false].flatMap((coarse) => ready.find((lens) => lens.coarse === coarse) ?? []);
    const said = [split, ...groups.map(({ classes }) => classes)];
    if (said.length === this.said?.length && said.every((part, i) => part === this.said[i])) return;
    this.said = said;
    const several = groups.length > 1;
    this.groups.replaceChildren(...groups.map((lens) => makeGroup(lens, split, several)));
  }
}
