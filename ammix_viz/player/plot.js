import { Axes, ticksOf } from "./canvas/axes.js";
import { make } from "./controls/dom.js";
import { paintMarginNumbers, paintMargins } from "./canvas/margins.js";
import { measureParts } from "./canvas/measures.js";
import { paintMeasures, partAt } from "./canvas/measure_strokes.js";
import { featureSpace } from "./canvas/features.js";
import { LONGEST_PUSH, paintMixing, paintVeil } from "./canvas/mixing.js";
import { ScaleBar } from "./canvas/scale_bar.js";
import { paintRing } from "./canvas/strokes.js";
import { Scene } from "./canvas/scene.js";

/** A canvas with axes: one run in one space. */
export class Plot {
  /** @param space `featureSpace`, or an `InputSpace` */
  constructor(space) {
    this.canvas = make("canvas", { class: "ammix-canvas", role: "img" });
    const bottom = make("div", { class: "ammix-ticks-x", "aria-hidden": "true" });
    const left = make("div", { class: "ammix-ticks-y", "aria-hidden": "true" });
    const name = make("div", { class: "ammix-space", "aria-hidden": "true" }, space.title);
    this.scaleBar = new ScaleBar();
    this.element = make(
      "div", { class: "ammix-plot" }, name, left, this.canvas, this.scaleBar.element, bottom,
    );
    this.axes = new Axes(bottom, left);
    this.scene = new Scene(this.canvas, space);
    /** The beads of the mixed rows that are painted, in pixels. */
    this.beads = [];
    /** The parts of the picture that a formula is about, in pixels. */
    this.parts = [];
  }

  get space() {
    return this.scene.space;
  }

  fit(scale) {
    this.width = this.canvas.clientWidth;
    this.scene.resize(Math.max(32, Math.round(this.width * scale)));
  }

  /** @param {{rows, chosen: number[], row: number, strength: number}?} mixing what to paint of it */
  paint(moment, range, given, mixing) {
    const { scene, space } = this;
    const { lens } = moment;
    const ticks = ticksOf(range, this.width);
    const view = { ...given, ...given.styles.of(lens, scene.side, given.scale), marks: lens.marks };
    scene.paint(moment, { ...view, range, ticks });
    this.axes.show(range, ticks);
    this.scaleBar.show(range, space === featureSpace ? view.barLength : 0);
    const explained = space === featureSpace && view.explained;
    const beads = mixing && !explained ? mixing.chosen.flatMap((row) => space.beads(mixing.rows, row, moment)) : [];
    const pushUnit = view.longestPush ? (LONGEST_PUSH * scene.side) / view.longestPush : 0;
    const above = { ...view, ...mixing, pushUnit };
    if (mixing && !explained && space.mixes(mixing.rows)) paintVeil(scene, view.theme);
    const margins = space === featureSpace ? view.margins : null;
    this.parts = explained ? this.explain(moment, range, view) : [];
    if (margins) paintMargins(scene, margins, view);
    this.beads = paintMixing(scene, beads, above);
    if (margins) paintMarginNumbers(scene, margins, view);
    const { highlight } = view;
    if (highlight in scene.x) paintRing(scene, scene.x[highlight], scene.y[highlight], view);
  }

  /** Paint what a formula measures. */
  explain(moment, range, view) {
    const { display: { explain, split }, explained: { texts, mix } } = view;
    paintVeil(this.scene, view.theme);
    return paintMeasures(this.scene, measureParts(explain, { moment, split, range, texts, mix }), view);
  }

  /** The part of a formula at a pixel, undefined if there is none within reach. */
  partAt(px, py, reach) {
    return partAt(this.parts, px, py, reach);
  }

  /** The bead at a pixel, the topmost of several, undefined if there is none within reach. */
  beadAt(px, py, reach) {
    return this.beads.findLast(({ x, y }) => Math.hypot(x - px, y - py) <= reach);
  }
}
