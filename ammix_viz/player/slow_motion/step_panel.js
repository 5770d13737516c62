import { make, setAttribute, setText } from "../controls/dom.js";
import { arrowUnit, paintStep } from "./step_picture.js";
import { barLength, ScaleBar } from "../canvas/scale_bar.js";
import { bendWays } from "./input_way.js";
import { eased } from "./phases.js";
import { featureSpace } from "../canvas/features.js";
import { Moment } from "../data/moment.js";
import { Range } from "../canvas/range.js";
import { Scene } from "../canvas/scene.js";
import { ticksOf } from "../canvas/axes.js";

/** One method in slow motion: its name, picture and numbers. */

const AROUND = 1.4;

/** The square around places [x, y]. */
function squareOf(places) {
  const [x, y] = [0, 1].map((i) => places.map((place) => place[i]));
  const range = new Range();
  range.include([Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)], false);
  return { ...range.current, half: AROUND * range.current.half };
}

/** The range at a share of the way from one to another, which zooms evenly. */
export function zoomedRange(from, to, share) {
  const half = from.half * (to.half / from.half) ** share;
  const left = from.half === to.half ? 1 - share : (half - to.half) / (from.half - to.half);
  return { x: to.x + (from.x - to.x) * left, y: to.y + (from.y - to.y) * left, half };
}

export class StepPanel {
  constructor(title) {
    this.title = make("h3", { class: "ammix-title" }, title);
    this.canvas = make("canvas", { class: "ammix-canvas", role: "img" });
    this.scaleBar = new ScaleBar();
    this.lines = make("div", { class: "ammix-slow-lines" });
    this.element = make(
      "article", { class: "ammix-slow-panel" }, this.title,
      make("div", { class: "ammix-slow-plot" }, this.canvas, this.scaleBar.element), this.lines,
    );
    this.scene = new Scene(this.canvas, featureSpace);
    this.moment = new Moment();
  }

  /** @param step as of `runStep`; @param overview the range of all points */
  take(step, overview) {
    this.step = step;
    this.overview = overview;
    this.near = squareOf(step.samples.flatMap(({ z, ends }) => [z, ...ends]));
    this.moment.move(step.lens, { position: step.index, playing: false });
  }

  /** Bend the ways of mixed inputs, once inputs and grid of the run are here. */
  bend(inputs) {
    const { lens, index, rows } = this.step;
    const { store } = lens;
    if (rows?.site !== 0 || !store.header.grid || this.step.bent) return;
    const found = inputs.of(store.key);
    if (!found || !store.view(index, "grid")) return;
    bendWays(this.step, found, this.moment);
    this.step.bent = true;
  }

  fit(scale) {
    this.width = this.canvas.clientWidth;
    this.scene.resize(Math.max(32, Math.round(this.width * scale)));
  }

  /** @param {{progress: number[], styles, scale, steps, bar: number}} view `bar`: length of the scale bar */
  paint({ progress, styles, scale, steps, bar }) {
    const { scene, step, moment } = this;
    const range = zoomedRange(this.overview, this.near, eased(progress[0]));
    const style = styles.of(step.lens, scene.side, scale);
    const view = { ...style, scale, range, ticks: ticksOf(range, this.width), display: { split: "train", errors: false } };
    scene.paint(moment, view);
    const unit = arrowUnit(steps, scene.side);
    paintStep(scene, step, progress, { ...view, marks: step.lens.marks, unit });
    this.scaleBar.show(range, bar);
  }

  /**
   * @param {{lines: Part[][], head: string[], rows: Part[][][]}} said as of `phaseLines`
   * @param {(parts: Part[]) => (Node | string)[]} worded
   */
  tell({ lines, head, rows }, worded, phase) {
    const row = (cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, ...worded(cell))));
    const names = make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)));
    const table = make("table", {}, names, ...rows.map(row));
    const paragraphs = lines.map((line) => make("p", {}, ...worded(line)));
    this.lines.replaceChildren(...(rows.length ? [table] : []), ...paragraphs);
    const told = [...this.lines.querySelectorAll("p, tr")].map(({ children, textContent, tagName }) => {
      return tagName === "TR" ? [...children].map((cell) => cell.textContent).join(", ") : textContent;
    });
    setAttribute(this.canvas, "aria-label", `${this.title.textContent}, ${phase}: ${told.join(". ")}`);
  }

  clear(text) {
    this.step = null;
    setText(this.lines, text);
  }
}

/** A length for the scale bars of all panels. */
export function commonBar(panels) {
  return barLength(panels.map(({ near }) => near));
}
