import { classColour, traceMarker } from "../canvas/shapes.js";

/** The canvas of the editor: the points at their places, test points hollow. */

const PADDING = 12;
const RADIUS = 4;
const TICKS = [-4, -2, 0, 2, 4];

export class PointPlot {
  /** @param {{last: number, reach: number}} limits */
  constructor(canvas, limits) {
    this.canvas = canvas;
    this.limits = limits;
    this.context = canvas.getContext("2d");
  }

  fit() {
    this.side = this.canvas.clientWidth;
    this.scale = Math.min(window.devicePixelRatio || 1, 3);
    this.canvas.width = this.canvas.height = Math.max(1, Math.round(this.side * this.scale));
  }

  /** Pixels of one step of the grid. */
  get step() {
    return (this.side - 2 * PADDING) / this.limits.last;
  }

  pixel(column, row) {
    return [PADDING + column * this.step, this.side - PADDING - row * this.step];
  }

  /** Column and row at a pixel. */
  place(x, y) {
    return [(x - PADDING) / this.step, (this.side - PADDING - y) / this.step];
  }

  /**
   * @param {number[][]} points
   * @param {boolean[]} held which of them are test points
   * @param {{column, row, radius, label}|null} cursor where the brush is; no label to erase
   */
  paint(points, held, cursor) {
    if (!this.side) return;
    const { context, scale } = this;
    const style = getComputedStyle(this.canvas);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.side, this.side);
    this.paintGrid(style);
    context.lineWidth = 1.75;
    points.forEach(([column, row, label], i) => {
      const [x, y] = this.pixel(column, row);
      traceMarker(context, label, x, y, RADIUS);
      context.fillStyle = held[i] ? style.backgroundColor : classColour(label);
      context.strokeStyle = classColour(label);
      context.fill();
      context.stroke();
    });
    if (cursor) this.paintCursor(cursor, style);
  }

  paintGrid(style) {
    const { context } = this;
    const { last, reach } = this.limits;
    context.lineWidth = 1;
    context.strokeStyle = style.outlineColor;
    for (const tick of TICKS) {
      const [x, y] = this.pixel(...Array(2).fill(((tick + reach) / (2 * reach)) * last)).map((v) => Math.round(v) + 0.5);
      context.globalAlpha = tick ? 0.5 : 1;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, this.side);
      context.moveTo(0, y);
      context.lineTo(this.side, y);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  paintCursor({ column, row, radius, label }, style) {
    const { context } = this;
    const [x, y] = this.pixel(column, row);
    context.lineWidth = 1.5;
    context.strokeStyle = label === null ? style.color : classColour(label);
    context.beginPath();
    context.arc(x, y, Math.max(radius * this.step, RADIUS + 3), 0, 2 * Math.PI);
    context.stroke();
  }
}
