import { make } from "../controls/dom.js";
import { EditedPoints } from "./edited_points.js";
import { PointPlot } from "./point_plot.js";
import { ERASE, Tools } from "./tools.js";

/** The editor: click or drag with a class brush to place points, or erase them. */

const SPACING = 0.35;
const SCATTER = 0.22;
const ERASED = 0.45;
const KEY_STEP = 0.25;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** A normally distributed number. */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

export class Editor {
  /**
   * @param {HTMLElement} element
   * @param {{points, clouds, last, reach, most, classes, heldOut}} data
   * @param {{points(points: number[][]): void, csv(text: string): void}} send
   */
  constructor(element, data, send) {
    this.data = data;
    this.send = send;
    this.brush = 0;
    this.cursor = Array(2).fill(data.last / 2);
    this.perUnit = data.last / (2 * data.reach);
    this.edited = new EditedPoints(data);
    this.build(element);
    this.listen();
    this.received = "";
    this.update(data);
    this.edited.before = [];
    this.show();
  }

  build(element) {
    this.canvas = make("canvas", { class: "ammix-plane", tabindex: 0, role: "application" });
    this.canvas.setAttribute("aria-label", "Plane to place points in: arrow keys move, Enter places a point");
    this.plot = new PointPlot(this.canvas, this.data);
    this.tools = new Tools(this.data, {
      brush: (brush) => this.choose(brush),
      undo: () => this.change(() => this.edited.undo()),
      clear: () => this.change(() => this.edited.replace([])),
      cloud: (points) => this.change(() => this.edited.replace(points)),
      csv: () => this.csv,
      load: (text) => this.send.csv(text),
      refuse: (why) => this.change(() => {}, why),
      train: () => this.train(),
    });
    this.root = make("section", { class: "ammix-editor", "data-testid": "editor", "aria-label": "Your points" });
    this.root.append(this.canvas, this.tools.element);
    element.append(this.root);
  }

  listen() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const on = (name, handle) => this.canvas.addEventListener(name, handle, { signal });
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) on(name, () => this.release());
    on("focus", () => this.point(this.cursor));
    for (const name of ["pointerleave", "blur"]) on(name, () => this.point(null));
    this.root.addEventListener("keydown", (event) => this.key(event), { signal });
    this.observer = new ResizeObserver(() => {
      this.plot.fit();
      this.paint();
    });
    this.observer.observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint(), { signal });
  }

  /** Take the page's points, unless they are those that came last or that were sent last. */
  update(data) {
    const text = JSON.stringify(data.points);
    if (text === this.sent) this.sent = null;
    else if (text !== this.received) this.edited.replace(data.points);
    this.received = text;
    this.show();
  }

  choose(brush) {
    this.brush = brush;
    this.show();
  }

  /** Change the points, and say what has to be said of that. */
  change(edit, said = "") {
    edit();
    this.show(said);
  }

  at(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return this.plot.place(event.clientX - left, event.clientY - top);
  }

  press(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.edited.remember();
    this.pressed = this.at(event);
    this.apply(this.pressed, 0);
  }

  move(event) {
    const place = this.at(event);
    this.point(place);
    if (!this.pressed) return;
    const [dx, dy] = [place[0] - this.pressed[0], place[1] - this.pressed[1]];
    if (this.brush !== ERASE && Math.hypot(dx, dy) < SPACING * this.perUnit) return;
    this.pressed = place;
    this.apply(place, SCATTER * this.perUnit);
  }

  release() {
    this.pressed = null;
  }

  /** Use the brush at a place. */
  apply([column, row], scatter) {
    const radius = ERASED * this.perUnit;
    this.change(() => {
      if (this.brush === ERASE) this.edited.erase(column, row, radius);
      else this.edited.add(column + scatter * normal(), row + scatter * normal(), this.brush);
    });
  }

  /** Move the cursor to a place, or hide it where it is. */
  point(place) {
    this.pointing = place !== null;
    this.cursor = place ?? this.cursor;
    this.paint();
  }

  key(event) {
    if (event.target !== this.canvas && !(event.ctrlKey || event.metaKey)) return;
    if (this.handled(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  handled({ key, shiftKey, ctrlKey, metaKey }) {
    if (ctrlKey || metaKey) return key.toLowerCase() === "z" && (this.change(() => this.edited.undo()), true);
    if (ARROWS[key]) {
      const step = KEY_STEP * this.perUnit * (shiftKey ? 4 : 1);
      const moved = this.cursor.map((value, i) => value + step * ARROWS[key][i]);
      this.point(moved.map((value) => Math.min(Math.max(value, 0), this.data.last)));
    } else if (key === "Enter" || key === " ") {
      this.edited.remember();
      this.apply(this.cursor, 0);
    } else if (key === "Delete" || key === "Backspace") {
      this.edited.remember();
      this.change(() => this.edited.erase(...this.cursor, ERASED * this.perUnit));
    } else if (key.toLowerCase() === "e") this.choose(ERASE);
    else if (key >= "1" && key <= String(this.data.classes)) this.choose(Number(key) - 1);
    else return false;
    return true;
  }

  train() {
    const points = this.edited.sorted;
    this.sent = JSON.stringify(points);
    this.send.points(points);
    this.show();
  }

  /** The points as a CSV file. */
  get csv() {
    const { last, reach } = this.data;
    const unit = (steps) => Number(((steps * 2 * reach) / last - reach).toFixed(3));
    const lines = this.edited.sorted.map(([column, row, label]) => [unit(column), unit(row), label].join(","));
    return ["x,y,class", ...lines, ""].join("\n");
  }

  show(said = "") {
    const { edited } = this;
    const text = JSON.stringify(edited.sorted);
    this.tools.show({
      brush: this.brush,
      counts: edited.counts(this.data.classes),
      held: edited.held.filter(Boolean).length,
      canUndo: edited.canUndo,
      changed: text !== this.received && text !== this.sent,
      said,
    });
    this.root.dataset.points = edited.points.length;
    this.paint();
  }

  paint() {
    const label = this.brush === ERASE ? null : this.brush;
    const radius = label === null ? ERASED * this.perUnit : 0;
    const cursor = this.pointing && { column: this.cursor[0], row: this.cursor[1], radius, label };
    this.plot.paint(this.edited.points, this.edited.held, cursor);
  }

  destroy() {
    this.leaving.abort();
    this.observer.disconnect();
    this.root.remove();
  }
}
