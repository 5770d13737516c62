import { classify } from "../canvas/classifier.js";
import { make } from "./dom.js";
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
   */
  constructor(root, changed, locate) {
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

  clear() {
    this.panel = null;
    this.index = -1;
    this.box.hidden = true;
    this.image.hide();
  }

  listen(panel) {
    const { canvas } = panel;
    canvas.addEventListener("pointermove", (event) => this.over(panel, event));
    canvas.addEventListener("pointerdown", (event) => this.over(panel, event));
    canvas.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.leave();
    });
  }

  leave() {
    if (!this.panel) return;
    this.clear();
    this.changed();
  }

  over(panel, event) {
    const { scene, store, canvas } = panel;
    if (!scene.state || !store.count) return;
    const box = canvas.getBoundingClientRect();
    const scale = scene.side / box.width;
    this.panel = panel;
    this.at = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const reach = event.pointerType === "touch" ? TOUCH_REACH : REACH;
    this.index = scene.pointAt(...this.at, reach * scale);
    this.client = [event.clientX, event.clientY];
    this.changed();
    this.show();
  }

  show() {
    if (!this.panel) return;
    if (!this.panel.store.count) return void this.clear();
    const { store, labels } = this.panel.lens;
    this.image.show(store, this.index, this.name(labels[this.index]));
    this.lines.replaceChildren(...(this.index >= 0 ? this.pointLines() : this.placeLines()));
    this.box.hidden = false;
    this.place();
  }

  pointLines() {
    const { scene, store, lens } = this.panel;
    const [x, y] = scene.toPlane(scene.x[this.index], scene.y[this.index]);
    const label = lens.labels[this.index];
    const { label: predicted, confidence } = classify(scene.state, x, y);
    const split = this.index < store.header.train_points ? "train" : "test";
    return [
      this.line(label, this.name(label), split === "train" ? "training sample" : "test sample"),
      ...(scene.blank ? [] : [
        this.line(predicted, `Predicted: ${this.name(predicted)}`, predicted === label ? "" : "wrong"),
        this.plain(`Confidence ${percent(confidence)}`),
      ]),
      this.plain(placeText(x, y)),
    ];
  }

  placeLines() {
    const { scene } = this.panel;
    const [x, y] = scene.toPlane(...this.at);
    if (scene.blank) return [this.plain(scene.blank), this.plain(placeText(x, y))];
    const { label, confidence } = classify(scene.state, x, y);
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
