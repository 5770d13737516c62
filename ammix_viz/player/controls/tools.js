import { ConfidenceScale } from "./confidence.js";
import { make } from "./dom.js";
import { makeSwitch, makeToggles } from "./switch.js";

/** What pictures show: the space, mixed samples, margins; and what light and dark mean. */
export class Tools {
  constructor(display) {
    this.scale = new ConfidenceScale();
    this.views = makeSwitch(display, "view", "View", [
      ["features", "Features", "Feature space, in which the classifier is linear"],
      ["input", "Input", "The space of the samples themselves, and what the network predicts there"],
      ["both", "Both", "Input space and feature space"],
    ]);
    const shown = makeToggles(display, "Show", [
      ["mixing", "Mixing", "Mixed samples with their parents and labels (M). Press one or two classes to display only theirs"],
      ["margins", "Margins", "The distance of each class centre to its nearest decision line, and the angle of each class"],
      ["errors", "Errors", "Only the samples that are classified wrongly"],
    ]);
    this.element = make("div", { class: "ammix-tools" }, this.views, shown);
  }

  /** @param lenses those on display; @param theme of the canvas */
  show(lenses, theme) {
    const ready = lenses.filter(({ store }) => store.header);
    this.views.hidden = ready.length > 0 && !ready.some(({ store }) => store.header.grid);
    if (ready.length) this.scale.show(theme, Math.min(...ready.map(({ names }) => names.length)));
  }
}
