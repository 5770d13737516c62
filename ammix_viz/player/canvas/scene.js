import { Raster } from "./raster.js";

/** The picture of a moment in one space: map, lines, points, centres. */

const CELL_PIXELS = 4.5;
const MOST_CELLS = 72;
const RARE_POINTS = 50;
const RARE_SHARE = 0.1;

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
  /** @param space `featureSpace`, or an `InputSpace` */
  constructor(canvas, space) {
    this.canvas = canvas;
    this.space = space;
    this.context = canvas.getContext("2d", { alpha: false });
    this.side = 0;
    /** The places of the points in pixels. */
    this.x = new Float32Array(0);
    this.y = new Float32Array(0);
    /** The moment and the range of the picture, null before the first. */
    this.moment = this.range = null;
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

  /** Take in what the picture is of; place the points. */
  read(moment, { range, display: { split, errors } }) {
    const { store, labels } = moment.lens;
    [this.moment, this.range] = [moment, range];
    if (this.blocksOf !== labels || this.split !== split) {
      [this.blocksOf, this.split] = [labels, split];
      this.blocks = classBlocks(moment.lens, split);
    }
    if (this.x.length !== labels.length) {
      this.x = new Float32Array(labels.length);
      this.y = new Float32Array(labels.length);
    }
    this.project(this.space.points(moment), store.bounds(split));
    /** 1 for each point that is not painted, null if all are. */
    this.hides = errors && !moment.blank ? moment.correct() : null;
  }

  project(points, [from, to]) {
    const { side, x, y } = this;
    const { unit, left, top } = this.projection;
    this.outside = 0;
    for (let i = 0; i < x.length; i++) {
      x[i] = left + points[2 * i] * unit;
      y[i] = top - points[2 * i + 1] * unit;
      if (i < from || i >= to) continue;
      if (x[i] < 0 || y[i] < 0 || x[i] > side || y[i] > side) this.outside += 1;
    }
  }

  /** Pixels a unit of the plane, and where its origin lies. */
  get projection() {
    const { x, y, half } = this.range;
    const unit = this.side / (2 * half);
    return { unit, left: (half - x) * unit, top: (half + y) * unit };
  }

  /** From the plane to pixels. */
  toPixels(x, y) {
    const { unit, left, top } = this.projection;
    return [left + x * unit, top - y * unit];
  }

  /** From pixels to the plane. */
  toPlane(x, y) {
    const { unit, left, top } = this.projection;
    return [(x - left) / unit, (top - y) / unit];
  }

  /**
   * @param {{display, range, ticks, markers, theme, shades, blank, scale}} view
   */
  paint(moment, view) {
    this.read(moment, view);
    if (moment.blank) this.nodes.fill(view.blank);
    else this.space.shade(this.nodes, this.cells, moment, view.range, view.shades);
    this.raster.fill(this.nodes, this.cells, view.scale > 1.4 ? 2 : 1);
    this.paintGrid(view);
    if (!moment.blank) this.paintBorders(view);
    this.paintPoints(view.markers);
    this.raster.show();
  }

  paintGrid({ ticks, theme }) {
    const line = (...ends) => this.raster.line(...ends, theme.line, 1, 0.09);
    for (const tick of ticks.x) {
      const at = Math.round(this.toPixels(tick, 0)[0]) + 0.5;
      line(at, 0, at, this.side);
    }
    for (const tick of ticks.y) {
      const at = Math.round(this.toPixels(0, tick)[1]) + 0.5;
      line(0, at, this.side, at);
    }
  }

  paintBorders({ range, theme, scale }) {
    for (const [x0, y0, x1, y1] of this.space.borders(this.moment, range)) {
      const ends = [...this.toPixels(x0, y0), ...this.toPixels(x1, y1)];
      this.raster.line(...ends, theme.line, 1.5 * scale, 0.7);
    }
  }

  paintPoints(markers) {
    const { raster, x, y, hides } = this;
    for (const { label, from, to, rare } of this.blocks) {
      const sprites = (rare ? markers.rare : markers.points)[label];
      for (let i = from; i < to; i++) if (!hides?.[i]) raster.mark(sprites, x[i], y[i]);
    }
    for (const [label, cx, cy] of this.space.centres(this.moment, this.split)) {
      raster.mark(markers.centres[label], ...this.toPixels(cx, cy));
    }
  }

  /** The displayed point nearest to a pixel, -1 if none is within reach; the topmost of equals. */
  pointAt(px, py, reach) {
    let [best, nearest] = [-1, reach * reach];
    for (const { from, to } of this.blocks ?? []) {
      for (let i = from; i < to; i++) {
        if (this.hides?.[i]) continue;
        const distance = (this.x[i] - px) ** 2 + (this.y[i] - py) ** 2;
        if (distance <= nearest) [best, nearest] = [i, distance];
      }
    }
    return best;
  }
}
