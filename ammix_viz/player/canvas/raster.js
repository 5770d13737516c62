/**
 * A square of pixels painted by hand. With software rendering this is several times faster than
 * the canvas's own drawImage: one blit a frame instead of thousands of recorded draws.
 */

const RED_BLUE = 0x00ff00ff;
const GREEN = 0x0000ff00;
const OPAQUE = 0xff000000;

export class Raster {
  constructor(context, side) {
    this.context = context;
    this.side = side;
    this.image = context.createImageData(side, side);
    this.pixels = new Int32Array(this.image.data.buffer);
    this.cells = 0;
  }

  /** Where each pixel lies between the coarse nodes, worked out once a size. */
  prepare(cells) {
    this.cells = cells;
    this.cell = new Int32Array(this.side);
    this.share = new Int32Array(this.side);
    for (let i = 0; i < this.side; i++) {
      const at = ((i + 0.5) / this.side) * cells;
      this.cell[i] = at | 0;
      this.share[i] = ((at - this.cell[i]) * 256) | 0;
    }
    this.starts = Int32Array.from({ length: cells + 1 }, (_, c) => {
      return Math.max(0, Math.ceil((c / cells) * this.side - 0.5));
    });
    this.redBlue = new Int32Array(cells + 1);
    this.green = new Int32Array(cells + 1);
  }

  /** Fill the square with (cells + 1)² colours, blended between; `rows` rows at a time alike. */
  fill(nodes, cells, rows) {
    const { side } = this;
    if (this.cells !== cells) this.prepare(cells);
    for (let row = 0; row < side; row++) {
      const start = row * side;
      if (row % rows) this.pixels.copyWithin(start, start - side, start);
      else {
        this.blendNodes(nodes, this.cell[row] * (cells + 1), this.share[row]);
        this.fillRow(start);
      }
    }
  }

  blendNodes(nodes, at, share) {
    const { cells, redBlue, green } = this;
    const rest = 256 - share;
    for (let i = 0; i <= cells; i++) {
      const upper = nodes[at + i];
      const lower = nodes[at + cells + 1 + i];
      const both = (Math.imul(upper & RED_BLUE, rest) + Math.imul(lower & RED_BLUE, share)) | 0;
      const middle = (Math.imul(upper & GREEN, rest) + Math.imul(lower & GREEN, share)) | 0;
      redBlue[i] = (both >>> 8) & RED_BLUE;
      green[i] = (middle >>> 8) & GREEN;
    }
  }

  /** One row of pixels; where neighbouring nodes agree, which is most places, in one stroke. */
  fillRow(start) {
    const { cells, starts, redBlue, green, pixels } = this;
    for (let c = 0; c < cells; c++) {
      const first = c;
      while (c < cells && redBlue[c] === redBlue[c + 1] && green[c] === green[c + 1]) c++;
      const colour = OPAQUE | redBlue[first] | green[first];
      if (c > first) pixels.fill(colour, start + starts[first], start + starts[c]);
      if (c < cells) this.fillCell(start, c);
    }
  }

  /** The part of a row that lies between two nodes. */
  fillCell(start, c) {
    const { share, pixels } = this;
    const [from, to] = [this.starts[c], this.starts[c + 1]];
    const [leftRedBlue, rightRedBlue] = [this.redBlue[c], this.redBlue[c + 1]];
    const [leftGreen, rightGreen] = [this.green[c], this.green[c + 1]];
    for (let i = from; i < to; i++) {
      const right = share[i];
      const left = 256 - right;
      const both = (Math.imul(leftRedBlue, left) + Math.imul(rightRedBlue, right)) | 0;
      const middle = (Math.imul(leftGreen, left) + Math.imul(rightGreen, right)) | 0;
      pixels[start + i] = OPAQUE | ((both >>> 8) & RED_BLUE) | ((middle >>> 8) & GREEN);
    }
  }

  /** Lay a colour over one pixel, `alpha` of 256 strong. */
  tint(at, redBlue, green, alpha) {
    const below = this.pixels[at];
    const rest = 256 - alpha;
    const both = (Math.imul(below & RED_BLUE, rest) + Math.imul(redBlue, alpha)) | 0;
    const middle = (Math.imul(below & GREEN, rest) + Math.imul(green, alpha)) | 0;
    this.pixels[at] = OPAQUE | ((both >>> 8) & RED_BLUE) | ((middle >>> 8) & GREEN);
  }

  /** A smooth line between two places, `width` pixels wide. */
  line(x0, y0, x1, y1, [red, green, blue], width, strength) {
    const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    const [a0, b0, a1, b1] = steep ? [y0, x0, y1, x1] : [x0, y0, x1, y1];
    const [from, start, to, stop] = a0 <= a1 ? [a0, b0, a1, b1] : [a1, b1, a0, b0];
    const slope = to > from ? (stop - start) / (to - from) : 0;
    const reach = (width / 2) * Math.hypot(1, slope);
    const last = Math.min(this.side - 1, Math.floor(to - 0.5));
    for (let a = Math.max(0, Math.ceil(from - 0.5)); a <= last; a++) {
      const middle = start + slope * (a + 0.5 - from) - 0.5;
      const high = Math.min(this.side - 1, Math.ceil(middle + reach));
      for (let b = Math.max(0, Math.floor(middle - reach)); b <= high; b++) {
        const cover = Math.min(1, reach + 0.5 - Math.abs(b - middle));
        if (cover <= 0) continue;
        const at = steep ? a * this.side + b : b * this.side + a;
        this.tint(at, red | (blue << 16), green << 8, (cover * strength * 256) | 0);
      }
    }
  }

  /** Put a marker at (x, y); what is outside the square is left out. */
  mark({ size, tiles }, x, y) {
    const column = Math.floor(x - 0.5);
    const row = Math.floor(y - 0.5);
    const left = column + 1 - size / 2;
    const top = row + 1 - size / 2;
    const { side } = this;
    if (left <= -size || top <= -size || left >= side || top >= side) return;
    const tile = tiles[(((y - 0.5 - row) * 4) | 0) * 4 + (((x - 0.5 - column) * 4) | 0)];
    const inside = left >= 0 && top >= 0 && left + size <= side && top + size <= side;
    if (inside) this.blit(tile, top * side + left);
    else this.blitClipped(tile, left, top);
  }

  blit({ solid, edge }, start) {
    const { pixels } = this;
    for (let i = 0; i < solid.length; i += 3) {
      const colour = solid[i + 2];
      const end = start + solid[i] + solid[i + 1];
      for (let at = start + solid[i]; at < end; at++) pixels[at] = colour;
    }
    for (let i = 0; i < edge.length; i += 4) {
      const at = start + edge[i];
      const below = pixels[at];
      const both = Math.imul(below & RED_BLUE, edge[i + 3]);
      const middle = Math.imul(below & GREEN, edge[i + 3]);
      const kept = ((both >>> 8) & RED_BLUE) | ((middle >>> 8) & GREEN);
      pixels[at] = OPAQUE | ((kept + edge[i + 1] + edge[i + 2]) | 0);
    }
  }

  blitClipped({ solid, edge }, left, top) {
    const steps = [];
    for (let i = 0; i < solid.length; i += 3) {
      for (let n = 0; n < solid[i + 1]; n++) steps.push([solid[i] + n, 1, solid[i + 2]]);
    }
    for (let i = 0; i < edge.length; i += 4) steps.push(edge.subarray(i, i + 4));
    const kept = steps.filter(([offset]) => this.holds(offset, left, top));
    const parts = (length) => kept.filter((step) => step.length === length).flatMap((s) => [...s]);
    this.blit({ solid: parts(3), edge: parts(4) }, top * this.side + left);
  }

  /** Whether a marker's pixel, given by its offset, is inside the square. */
  holds(offset, left, top) {
    const { side } = this;
    const row = Math.floor(offset / side);
    const [x, y] = [left + offset - row * side, top + row];
    return x >= 0 && y >= 0 && x < side && y < side;
  }

  show() {
    this.context.putImageData(this.image, 0, 0);
  }
}
