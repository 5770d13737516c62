import { make } from "../controls/dom.js";

/** A gauge of λ: where between the two samples the mixed ones lie, and from where to where they may. */
export class Gauge {
  constructor() {
    this.band = make("span", { class: "ammix-gauge-band ammix-term", "data-tag": "beta", "data-about": "where λ may be" });
    this.beads = make("span", {});
    const half = make("span", { class: "ammix-gauge-half ammix-term", "data-tag": "half", "data-about": "the midpoint" });
    this.track = make("div", { class: "ammix-gauge-track" }, this.band, half, this.beads);
    const words = ["λ = 1, first", "½", "0, second"].map((text) => make("span", {}, text));
    this.element = make("div", { class: "ammix-gauge", "aria-hidden": "true" }, this.track, make("div", {}, ...words));
  }

  /** @param {{lam: number[], least: number}?} gauge nothing hides it */
  show(gauge) {
    this.element.hidden = !gauge;
    if (!gauge) return;
    const said = JSON.stringify(gauge);
    if (said === this.said) return;
    this.said = said;
    this.band.style.width = `${100 * (1 - gauge.least)}%`;
    this.beads.replaceChildren(...gauge.lam.map((lam) => {
      const about = { "data-tag": "mixed", "data-about": "λ in this step" };
      return make("span", { class: "ammix-gauge-bead ammix-term", style: `left: ${100 * (1 - lam)}%`, ...about });
    }));
  }
}
