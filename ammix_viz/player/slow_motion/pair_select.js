import { make } from "../controls/dom.js";

/** A menu of the pairs of classes. */

export class PairSelect {
  /** @param {(classes: [number, number]) => void} choose */
  constructor(choose) {
    this.list = make("select", { class: "ammix-slow-select", "aria-label": "Pair of classes" });
    this.list.addEventListener("change", () => choose(this.list.value.split(",").map(Number)));
    this.element = make("label", { class: "ammix-slow-pair" }, make("span", { class: "ammix-muted" }, "Classes"), this.list);
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

  show(classes) {
    this.list.value = classes.join();
  }
}
