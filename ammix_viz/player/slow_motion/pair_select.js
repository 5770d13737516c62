import { make } from "../controls/dom.js";
import { markerSvg } from "../canvas/shapes.js";

/** A menu of the pairs of classes. */

export class PairSelect {
  /** @param {(classes: [number, number]) => void} choose */
  constructor(choose) {
    this.list = make("select", { class: "ammix-slow-select", "aria-label": "Pair of classes" });
    this.list.addEventListener("change", () => choose(this.list.value.split(",").map(Number)));
    this.marks = make("span", { class: "ammix-slow-class", "aria-hidden": true });
    this.element = make("label", { class: "ammix-slow-pair" }, this.marks, this.list);
  }

  /** All pairs, the more frequent class first. */
  offer(lens) {
    const { all } = lens.counts("train");
    const present = [...all.keys()].filter((k) => all[k]).sort((a, b) => all[b] - all[a]);
    const pairs = present.flatMap((a, i) => present.slice(i + 1).map((b) => [a, b]));
    this.list.replaceChildren(...pairs.map((pair) => {
      const names = pair.map((label) => lens.names[label]).join(" and ");
      return make("option", { value: pair.join() }, names);
    }));
  }

  /** @param {number[]} marks the marker of each class */
  show(classes, marks) {
    this.marks.innerHTML = classes.map((label) => markerSvg(marks[label])).join("");
    this.list.value = classes.join();
  }
}
