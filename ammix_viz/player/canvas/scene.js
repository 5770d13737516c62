import { decisionSegments, shadeNodes } from "./classifier.js";
import { Raster } from "./raster.js";

/** The picture of one run between two of its records: map, lines, points, centres. */

const CELL_PIXELS = 4.5;
const MOST_CELLS = 72;
const RARE_POINTS = 50;
const RARE_SHARE = 0.1;

function mix(from, to, share) {
  return Float64Array.from(from, (value, i) => value + (to[i] - value) * share);
}

/**
 * Where in the records a position lies: the record before, the one after, the share between. During
 * playback a gap between two records stays until it is passed, even if records come in between, so
 * that nothing jumps.
 */
export function placeIn(store, { position, playing }, last) {
  const within = last?.store === store && store.places[last.after] && playing;
  const stays = within && last.before < position && position < last.after;
  const before = stays ? last.before : store.before(Math.floor(position));
  const after = stays ? last.after : store.after(before);
  const share = after > before ? Math.min((position - before) / (after - before), 1) : 0;
  return { store, before, after, share };
}

/** Runs of equal labels in a split, the rarest last so that they are painted on top. */
function classBlocks({ store, labels, names }, split) {
  const [from, to] = store.bounds(split);
  const counts = new Array(names.length).fill(0);
  const blocks = [];
  for (let i = from; i < to; i++) {
    counts[labels[i]] += 1;
    const block = blocks.at(-1);
    if (block?.label === labels[i]) block.to = i + 1;
    else blocks.push({ label: labels[i], from: i, to: i + 1 });
  }
  const most = Math.max(...counts);
  const isRare = (k) => counts[k] <= RARE_POINTS && counts[k] < RARE_SHARE * most;
  for (const block of blocks) block.rare = isRare(block.label);
  return blocks.sort((a, b) => counts[b.label] - counts[a.label]);
}

export class Scene {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.side = 0;
    this.x = new Float32Array(0);
    this.y = new Float32Array(0);
    this.state = null;
    /** Why there is no map, in words; "" where there is one. */
    this.blank = "";
    /** How many points of the displayed split lie outside the picture. */
    this.outside = 0;
  }

  /** @param {number} side pixels of the canvas; the old picture is kept, scaled, until the next */
  resize(side) {
    if (side === this.side) return;
    const old = document.createElement("canvas");
    [old.width, old.height] = [this.canvas.width, this.canvas.height];
    if (this.side) old.getContext("2d").drawImage(this.canvas, 0, 0);
    this.canvas.width = this.canvas.height = side;
    if (this.side) this.context.drawImage(old, 0, 0, side, side);
    else {
      this.context.fillStyle = getComputedStyle(this.canvas).backgroundColor;
      this.context.fillRect(0, 0, side, side);
    }
    this.side = side;
    this.raster = new Raster(this.context, side);
    this.cells = Math.min(MOST_CELLS, Math.max(24, Math.round(side / CELL_PIXELS)));
    this.nodes = new Uint32Array((this.cells + 1) ** 2);
  }

  /** The classifier and the points at a position, points in pixels. */
  read(lens, view) {
    const { store, labels } = lens;
    const { before, after, share } = (this.place = placeIn(store, view, this.place));
    const between = (name) => mix(lens.view(before, name), lens.view(after, name), share);
    this.state = { weight: between("weight"), bias: between("bias"), range: view.range };
    this.blank = lens.unlearnt(before);
    const { split } = view.display;
    if (this.blocksOf !== labels || this.split !== split) {
      [this.blocksOf, this.split] = [labels, split];
      this.blocks = classBlocks(lens, split);
    }
    if (this.x.length !== labels.length) {
      this.x = new Float32Array(labels.length);
      this.y = new Float32Array(labels.length);
    }
    this.project(store, before, after, share, view);
  }

  project(store, before, after, share, { range, display }) {
    const [a, b] = [store.view(before, "features"), store.view(after, "features")];
    const unit = this.side / (2 * range.half);
    const scaleA = store.value(before, "scale") * (1 - share) * unit;
    const scaleB = store.value(after, "scale") * share * unit;
    const left = (range.half - range.x) * unit;
    const top = (range.half + range.y) * unit;
    const [from, to] = store.bounds(display.split);
    this.outside = 0;
    for (let i = from; i < to; i++) {
      const x = (this.x[i] = left + a[2 * i] * scaleA + b[2 * i] * scaleB);
      const y = (this.y[i] = top - a[2 * i + 1] * scaleA - b[2 * i + 1] * scaleB);
      if (x < 0 || y < 0 || x > this.side || y > this.side) this.outside += 1;
    }
  }

  /** From pixels to the plane. */
  toPlane(x, y) {
    const { range } = this.state;
    const unit = (2 * range.half) / this.side;
    return [range.x - range.half + x * unit, range.y + range.half - y * unit];
  }

  /**
   * @param {{position, playing, display, range, ticks, markers, theme, shades, highlight, scale}} view
   */
  paint(lens, view) {
    this.read(lens, view);
    if (this.blank) this.nodes.fill(view.blank);
    else shadeNodes(this.nodes, this.cells, this.state, view.range, view.shades);
    this.raster.fill(this.nodes, this.cells, view.scale > 1.4 ? 2 : 1);
    this.paintGrid(view);
    if (!this.blank) this.paintBorders(view);
    this.paintPoints(view.markers);
    const { highlight } = view;
    if (highlight >= 0 && highlight < this.x.length) {
      this.raster.mark(view.markers.ring, this.x[highlight], this.y[highlight]);
    }
    this.raster.show();
  }

  paintGrid({ range, ticks, theme }) {
    const unit = this.side / (2 * range.half);
    const line = (...ends) => this.raster.line(...ends, theme.line, 1, 0.09);
    for (const tick of ticks.x) {
      const at = Math.round((tick - range.x + range.half) * unit) + 0.5;
      line(at, 0, at, this.side);
    }
    for (const tick of ticks.y) {
      const at = Math.round((range.half + range.y - tick) * unit) + 0.5;
      line(0, at, this.side, at);
    }
  }

  paintBorders({ range, theme, scale }) {
    const unit = this.side / (2 * range.half);
    const across = (x) => (x - range.x + range.half) * unit;
    const down = (y) => (range.half + range.y - y) * unit;
    for (const [x0, y0, x1, y1] of decisionSegments(this.state, range)) {
      this.raster.line(across(x0), down(y0), across(x1), down(y1), theme.line, 1.5 * scale, 0.7);
    }
  }

  paintPoints(markers) {
    const { raster, x, y } = this;
    for (const { label, from, to, rare } of this.blocks) {
      const sprites = (rare ? markers.rare : markers.points)[label];
      for (let i = from; i < to; i++) raster.mark(sprites, x[i], y[i]);
    }
    for (const [label, [cx, cy]] of this.centres()) raster.mark(markers.centres[label], cx, cy);
  }

  centres() {
    const sums = new Map();
    for (const { label, from, to } of this.blocks) {
      const sum = sums.get(label) ?? [0, 0, 0];
      for (let i = from; i < to; i++) {
        sum[0] += this.x[i];
        sum[1] += this.y[i];
      }
      sum[2] += to - from;
      sums.set(label, sum);
    }
    return [...sums].map(([label, [x, y, n]]) => [label, [x / n, y / n]]);
  }

  /** The displayed point nearest to a pixel, -1 if none is within reach; the topmost of equals. */
  pointAt(px, py, reach) {
    let [best, nearest] = [-1, reach * reach];
    for (const { from, to } of this.blocks ?? []) {
      for (let i = from; i < to; i++) {
        const distance = (this.x[i] - px) ** 2 + (this.y[i] - py) ** 2;
        if (distance <= nearest) [best, nearest] = [i, distance];
      }
    }
    return best;
  }
}
