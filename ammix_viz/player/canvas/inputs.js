import { inputBeads } from "./beads.js";
import { classify, confidenceOf, winnerOf } from "./classifier.js";

/**
 * The space of 2-D inputs: the points stay, the network's regions move. Features are known at the
 * points and at the nodes of a grid, and are interpolated linearly over the triangles between them.
 */
export class InputSpace {
  /** @param header of the run; @param inputs {points, triangles} of `ways.inputs` */
  constructor({ grid, labels }, { points, triangles }) {
    this.title = "Input space";
    this.range = { x: grid.x, y: grid.y, half: grid.half };
    this.inputs = points;
    this.triangles = triangles;
    this.corners = joinNodes(points, grid);
    this.features = new Float32Array(this.corners.length);
    this.gridFeatures = this.features.subarray(2 * labels.length);
    this.cells = 0;
    /** Whether features of the grid have come. */
    this.known = false;
  }

  points() {
    return this.inputs;
  }

  /** Means of inputs say nothing of a classifier of features. */
  centres() {
    return [];
  }

  /** Whether anything is mixed in this space. */
  mixes({ site, partners }) {
    return site === 0 || Boolean(partners);
  }

  beads(rows, row, moment) {
    return inputBeads(rows, row, moment, this.inputs);
  }

  shade(nodes, cells, moment, range, shades) {
    if (this.cells !== cells) this.prepare(cells);
    this.interpolate(moment);
    if (!this.known) return void nodes.fill(shades[255]);
    const { weight, bias } = moment.classifier;
    const logits = new Float64Array(bias.length);
    for (let at = 0; at < nodes.length; at++) {
      const [x, y] = [this.atNodes[2 * at], this.atNodes[2 * at + 1]];
      for (let k = 0; k < bias.length; k++) {
        logits[k] = bias[k] + weight[2 * k] * x + weight[2 * k + 1] * y;
      }
      const winner = (this.winners[at] = winnerOf(logits));
      nodes[at] = shades[winner * 256 + ((confidenceOf(logits, winner) * 255) | 0)];
    }
  }

  /** Features at the nodes of the picture. */
  interpolate(moment) {
    const { features, atNodes, vertex, weight } = this;
    features.set(moment.features);
    this.known = moment.read("grid", "grid_scale", this.gridFeatures) || this.known;
    for (let at = 0; at < vertex.length; at += 3) {
      const [a, b, c] = [2 * vertex[at], 2 * vertex[at + 1], 2 * vertex[at + 2]];
      const to = (2 * at) / 3;
      for (let i = 0; i < 2; i++) {
        atNodes[to + i] =
          weight[at] * features[a + i] + weight[at + 1] * features[b + i] + weight[at + 2] * features[c + i];
      }
    }
  }

  /** The triangle of each node of the picture and the weights of its corners, once a size. */
  prepare(cells) {
    const count = (cells + 1) ** 2;
    this.cells = cells;
    this.vertex = new Uint32Array(3 * count);
    this.weight = new Float32Array(3 * count);
    this.atNodes = new Float32Array(2 * count);
    this.winners = new Uint8Array(count);
    for (let t = 0; t < this.triangles.length; t += 3) this.cover(this.triangles.subarray(t, t + 3));
  }

  /** Have the nodes that lie in a triangle take its corners. */
  cover([a, b, c]) {
    const [ax, ay] = this.toNodes(a);
    const [bx, by] = this.toNodes(b);
    const [cx, cy] = this.toNodes(c);
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (Math.abs(area) < 1e-12) return;
    const [left, right] = this.nodesBetween(ax, bx, cx);
    const [bottom, top] = this.nodesBetween(ay, by, cy);
    for (let y = bottom; y <= top; y++) {
      for (let x = left; x <= right; x++) {
        const ofB = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
        const ofC = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
        if (Math.min(ofB, ofC, 1 - ofB - ofC) < -1e-6) continue;
        const at = 3 * ((this.cells - y) * (this.cells + 1) + x);
        this.vertex.set([a, b, c], at);
        this.weight.set([1 - ofB - ofC, ofB, ofC], at);
      }
    }
  }

  /** A corner in units of the picture's nodes, from the bottom left. */
  toNodes(corner) {
    const { x, y, half } = this.range;
    const unit = this.cells / (2 * half);
    return [(this.corners[2 * corner] - x + half) * unit, (this.corners[2 * corner + 1] - y + half) * unit];
  }

  nodesBetween(...places) {
    const first = Math.ceil(Math.min(...places) - 1e-6);
    const last = Math.floor(Math.max(...places) + 1e-6);
    return [Math.max(first, 0), Math.min(last, this.cells)];
  }

  /** Where the winner changes, as [x0, y0, x1, y1]: straight within half a cell of the picture. */
  borders(moment) {
    const { cells, winners } = this;
    const segments = [];
    if (!this.known) return segments;
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const a = row * (cells + 1) + column;
        const [b, c, d] = [a + 1, a + cells + 1, a + cells + 2];
        const winner = winners[a];
        if (winner === winners[b] && winner === winners[c] && winner === winners[d]) continue;
        this.cross(segments, moment.classifier, [a, b, c]);
        this.cross(segments, moment.classifier, [b, d, c]);
      }
    }
    return segments;
  }

  /** Add the borders in a triangle of nodes. */
  cross(segments, classifier, corners) {
    const places = [];
    for (let i = 0; i < 3; i++) {
      const [from, to] = [corners[i], corners[(i + 1) % 3]];
      if (this.winners[from] !== this.winners[to]) places.push(this.between(classifier, from, to));
    }
    if (places.length === 2) segments.push([...places[0], ...places[1]]);
    if (places.length < 3) return;
    const middle = [0, 1].map((i) => (places[0][i] + places[1][i] + places[2][i]) / 3);
    for (const place of places) segments.push([...place, ...middle]);
  }

  /** Where the winner changes between two nodes. */
  between({ weight, bias }, from, to) {
    const [i, j] = [this.winners[from], this.winners[to]];
    const lead = (at) => {
      const [x, y] = [this.atNodes[2 * at], this.atNodes[2 * at + 1]];
      const [u, v] = [weight[2 * i] - weight[2 * j], weight[2 * i + 1] - weight[2 * j + 1]];
      return u * x + v * y + bias[i] - bias[j];
    };
    const [ahead, behind] = [lead(from), lead(to)];
    const share = ahead > behind ? Math.min(Math.max(ahead / (ahead - behind), 0), 1) : 0.5;
    const [x0, y0] = this.placeOf(from);
    const [x1, y1] = this.placeOf(to);
    return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
  }

  placeOf(node) {
    const { x, y, half } = this.range;
    const stride = (2 * half) / this.cells;
    const row = Math.floor(node / (this.cells + 1));
    return [x - half + (node - row * (this.cells + 1)) * stride, y + half - row * stride];
  }

  /** The winning class at the node nearest to a place. */
  classify(moment, x, y) {
    const { range, cells } = this;
    const nearest = (share) => Math.min(Math.max(Math.round(share * cells), 0), cells);
    const column = nearest((x - range.x + range.half) / (2 * range.half));
    const row = nearest((range.y + range.half - y) / (2 * range.half));
    const at = 2 * (row * (cells + 1) + column);
    return classify(moment.classifier, this.atNodes[at], this.atNodes[at + 1]);
  }
}

/** The points, and after them the nodes of the grid, row by row from the bottom left. */
function joinNodes(points, { x, y, half, side }) {
  const joined = new Float32Array(points.length + 2 * side * side);
  joined.set(points);
  const place = (i) => (2 * half * i) / (side - 1) - half;
  for (let at = points.length, node = 0; node < side * side; node++) {
    joined[at++] = x + place(node % side);
    joined[at++] = y + place(Math.floor(node / side));
  }
  return joined;
}
