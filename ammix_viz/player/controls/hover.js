import { classify } from "../canvas/classifier.js";
import { make } from "./dom.js";
import { labelWeights, lossOf, parentsOf } from "../data/mixed.js";
import { PointImage } from "./images.js";
import { markerSvg } from "../canvas/shapes.js";
import { numberText } from "./words.js";

/** The tooltip: the point under the pointer (highlighted in all panels) or a place in the plane. */

const REACH = 9;
const TOUCH_REACH = 18;

export class Hover {
  /**
   * @param {() => void} changed asks for a new paint
   * @param {(key: string, point: number) => string} locate where the image of a point is
   * @param {Explain} explain told of the part of a formula that is pointed at
   */
  constructor(root, changed, locate, explain) {
    this.explain = explain;
    this.root = root;
    this.changed = changed;
    this.image = new PointImage(locate);
    this.lines = make("div", { class: "ammix-tooltip-lines" });
    this.box = make(
      "div", { class: "ammix-tooltip", role: "tooltip", hidden: "" }, this.image.element, this.lines,
    );
    root.append(this.box);
    root.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".ammix-canvas")) this.leave();
    });
    this.clear();
  }

  get highlight() {
    return this.panel ? this.index : -1;
  }

  /** The mixed row under the pointer in a panel, -1 if there is none. */
  rowOf(panel) {
    return this.panel === panel && this.rows && this.rows === panel.rows ? this.row : -1;
  }

  clear() {
    this.panel = this.plot = this.rows = this.part = null;
    this.index = -1;
    this.box.hidden = true;
    this.image.hide();
  }

  listen(panel) {
    const { spaces } = panel;
    spaces.addEventListener("pointermove", (event) => this.over(panel, event));
    spaces.addEventListener("pointerdown", (event) => this.over(panel, event));
    spaces.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.leave();
    });
  }

  leave() {
    if (!this.panel) return;
    this.clear();
    this.explain.pointAtPart();
    this.changed();
  }

  over(panel, event) {
    const plot = panel.plots.find(({ canvas }) => canvas === event.target);
    if (!plot) return this.leave();
    const { scene, canvas } = plot;
    if (!scene.moment || !panel.store.count) return;
    const box = canvas.getBoundingClientRect();
    const scale = scene.side / box.width;
    [this.panel, this.plot] = [panel, plot];
    this.at = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const reach = (event.pointerType === "touch" ? TOUCH_REACH : REACH) * scale;
    const bead = plot.beadAt(...this.at, reach);
    this.rows = bead ? panel.rows : null;
    this.row = bead?.row ?? -1;
    this.part = bead ? undefined : plot.partAt(...this.at, reach);
    this.explain.pointAtPart(this.part);
    this.index = bead || this.part ? -1 : scene.pointAt(...this.at, reach);
    this.client = [event.clientX, event.clientY];
    this.changed();
    this.show();
  }

  show() {
    if (!this.panel) return;
    if (!this.panel.store.count) return void this.clear();
    const { store, labels } = this.panel.lens;
    this.image.show(store, this.index, this.name(labels[this.index]));
    this.lines.replaceChildren(...this.content());
    this.box.hidden = false;
    this.place();
  }

  content() {
    if (this.part) return [this.plain(this.part.about)];
    if (this.rowOf(this.panel) >= 0) return this.rowLines();
    return this.index >= 0 ? this.pointLines() : this.placeLines();
  }

  /** Parents with their shares, label, loss. */
  rowLines() {
    const { lens } = this.panel;
    const parents = parentsOf(this.rows, this.row, lens);
    const weights = labelWeights(this.rows, this.row, lens);
    const loss = lossOf(this.rows, this.row, lens);
    const label = ([k, weight]) => (weights.length > 1 ? `${percent(weight)} ${this.name(k)}` : this.name(k));
    return [
      this.plain("Mixed sample"),
      ...parents.map(([k, share]) => this.line(k, this.name(k), `share ${numberText(share, 2)}`)),
      this.plain(`Label: ${weights.map(label).join(", ")}`),
      ...(Number.isFinite(loss) && !this.panel.moment.blank ? [this.plain(`Loss ${numberText(loss, 2)}`)] : []),
    ];
  }

  pointLines() {
    const { store, lens, moment } = this.panel;
    const { scene } = this.plot;
    const { index } = this;
    const label = lens.labels[index];
    const feature = [moment.features[2 * index], moment.features[2 * index + 1]];
    const { label: predicted, confidence } = classify(moment.classifier, ...feature);
    const split = index < store.header.train_points ? "train" : "test";
    return [
      this.line(label, this.name(label), split === "train" ? "training sample" : "test sample"),
      ...(moment.blank ? [] : [
        this.line(predicted, `Predicted: ${this.name(predicted)}`, predicted === label ? "" : "wrong"),
        this.plain(`Confidence ${percent(confidence)}`),
      ]),
      this.plain(placeText(...scene.toPlane(scene.x[index], scene.y[index]))),
    ];
  }

  placeLines() {
    const { scene, space } = this.plot;
    const { moment } = this.panel;
    const [x, y] = scene.toPlane(...this.at);
    if (moment.blank) return [this.plain(moment.blank), this.plain(placeText(x, y))];
    const { label, confidence } = space.classify(moment, x, y);
    return [
      this.line(label, `Predicted here: ${this.name(label)}`),
      this.plain(`Confidence ${percent(confidence)}`),
      this.plain(placeText(x, y)),
    ];
  }

  name(label) {
    return this.panel.lens.names[label];
  }

  line(label, text, aside = "") {
    const line = make("div", { class: "ammix-tooltip-line" });
    line.innerHTML = markerSvg(this.panel.lens.marks[label]);
    line.append(make("strong", {}, text));
    if (aside) line.append(make("span", { class: "ammix-muted" }, aside));
    return line;
  }

  plain(text) {
    return make("div", { class: "ammix-tooltip-plain" }, text);
  }

  /** Beside the pointer, inside the player. */
  place() {
    const root = this.root.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const [x, y] = [this.client[0] - root.left, this.client[1] - root.top];
    const left = x + 16 + width > root.width ? x - 16 - width : x + 16;
    const top = y + 16 + height > root.height ? y - 16 - height : y + 16;
    this.box.style.left = `${Math.max(0, Math.min(left, root.width - width))}px`;
    this.box.style.top = `${Math.max(0, top)}px`;
  }
}

function percent(share) {
  return `${numberText(100 * share, share > 0.995 ? 1 : 0)} %`;
}

function placeText(x, y) {
  return `at (${numberText(x, 2)}, ${numberText(y, 2)})`;
}
