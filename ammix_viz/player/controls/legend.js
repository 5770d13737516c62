import { make } from "./dom.js";
import { makeSwitch } from "./switch.js";
import { markerSvg } from "../canvas/shapes.js";
import { countText } from "./words.js";

/** The legend above the panels, and the switches. */

/** The classes of one view with their sample counts in the chosen split. */
function makeGroup(lens, chosen, several) {
  const split = lens.store.header.totals ? chosen : "train";
  const kindOfSamples = split === "train" ? "training samples" : "test samples";
  const { displayed, all } = lens.counts(split);
  const label = `${lens.coarse ? "Coarse classes" : "Classes"} and their ${kindOfSamples}`;
  const list = make("ul", { class: "ammix-classes", "aria-label": label });
  list.append(...lens.names.map((name, k) => {
    const count = all[k] === displayed[k] ? countText(all[k]) : `${countText(displayed[k])} of ${countText(all[k])}`;
    const item = make("li", { title: `${name}: ${count} ${kindOfSamples}` });
    item.innerHTML = markerSvg(lens.marks[k], 18);
    item.append(name, make("span", { class: "ammix-muted" }, count));
    return item;
  }));
  const kind = make("span", { class: "ammix-group-name" }, lens.coarse ? "coarse" : "fine");
  return make("div", { class: "ammix-group" }, ...(several ? [kind] : []), list);
}

export class Legend {
  constructor(display) {
    this.note = make("p", { class: "ammix-note", hidden: "" });
    this.groups = make("div", { class: "ammix-groups" });
    const points = makeSwitch(display, "split", "Samples", [
      ["train", "Train", "Display the training samples"],
      ["test", "Test", "Display the test samples, which are not used for training"],
    ]);
    const ranges = makeSwitch(display, "axes", "Axes", [
      ["shared", "Shared", "The same axis range in all panels: compare sizes"],
      ["each", "Per panel", "A separate axis range for each panel: compare shapes"],
    ]);
    const switches = make("div", { class: "ammix-switches" }, points, ranges);
    this.element = make("div", { class: "ammix-head" }, this.groups, switches);
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
