import { make } from "./dom.js";
import { makeSwitch } from "./switch.js";
import { markerSvg } from "../canvas/shapes.js";
import { countText } from "./words.js";

/** The legend above the panels, and the switches. */

/** What the numbers beside the classes are; those in brackets are always training samples. */
const COUNTED = { test: "Test (training)", train: "Training" };

/** The number of samples of each class, as text; from the fewest to the most where panels differ. */
function countTexts(lenses, split, name = "all") {
  const counts = lenses.map((lens) => lens.counts(split));
  return lenses[0].names.map((_, k) => {
    const [fewest, most] = [Math.min, Math.max].map((pick) => pick(...counts.map((each) => each[name][k])));
    return fewest === most ? countText(most) : `${countText(fewest)} to ${countText(most)}`;
  });
}

/** The classes of one view, which these lenses share, with their sample counts in the chosen split. */
function makeGroup(lenses, split, several) {
  const [lens] = lenses;
  const kindOfSamples = split === "train" ? "training samples" : "test samples";
  const [all, displayed, trainedOn] = [
    countTexts(lenses, split), countTexts(lenses, split, "displayed"), countTexts(lenses, "train"),
  ];
  const label = `${lens.coarse ? "Coarse classes" : "Classes"} and their ${kindOfSamples}`;
  const list = make("ul", { class: "ammix-classes", "aria-label": label });
  list.append(...lens.names.map((name, k) => {
    const count = all[k] === displayed[k] ? all[k] : `${displayed[k]} of ${all[k]}`;
    const training = split === "train" ? "" : `${trainedOn[k]} training samples`;
    const words = [`${name}: ${count} ${kindOfSamples}`, training].filter(Boolean).join(", ");
    const item = make("li", { title: words });
    item.innerHTML = markerSvg(lens.marks[k], 18);
    item.append(name, make("span", { class: "ammix-muted" }, training ? `${count} (${trainedOn[k]})` : count));
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
    const views = [true, false].map((coarse) => ready.filter((lens) => lens.coarse === coarse));
    const groups = views.filter((lenses) => lenses.length);
    const counts = groups.flatMap((lenses) => [...countTexts(lenses, split), ...countTexts(lenses, "train")]);
    const said = [split, ...groups.map(([{ classes }]) => classes), ...counts];
    if (said.length === this.said?.length && said.every((part, i) => part === this.said[i])) return;
    this.said = said;
    const several = groups.length > 1;
    this.groups.replaceChildren(...groups.map((lenses) => makeGroup(lenses, split, several)));
  }
}
