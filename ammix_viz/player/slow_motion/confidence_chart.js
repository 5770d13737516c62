import { classColour, markerSvg } from "../canvas/shapes.js";
import { make, setAttribute } from "../controls/dom.js";
import { numberText } from "../controls/words.js";
import { confidenceIn, confidenceSum, leeway, mixedPlaces, pushSize } from "./confidence_model.js";

/** The way between two samples, the sum of confidences along it, and the push along it, one under the other. */

const LEFT = 44;
const RIGHT = 18;
const STRIP = [44, 92];
const SUMS = [132, 244];
const PUSHES = [286, 376];
const HEIGHT = 384;
const BEAD = "Where the mixed sample of the first class lies, 1 − λ in percent of the way";
const POINTS = 160;

/** A curve from one place of the way to another; `up` is where a value stands. */
function curveOf(along, up, value, from = 0, to = 1) {
  const points = Array.from({ length: POINTS + 1 }, (_, i) => {
    const place = from + ((to - from) * i) / POINTS;
    return `${along(place).toFixed(1)} ${up(value(place)).toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}

/** Where values from `least` to `most` stand in a band. */
function scaleOf([top, bottom], least, most) {
  return (value) => bottom - ((bottom - top) * (value - least)) / (most - least);
}

function text(x, y, words, attributes = "") {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${words}</text>`;
}

const escaped = (words) => words.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Whether there is space for full titles. */
const wide = (along) => along(1) - along(0) > 420;

function dot(x, y, colour, radius = 6) {
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${colour}" class="ammix-curve-dot"/>`;
}

/** A slider on the chart: dragged, or moved by keys. */
function makeHandle(label, name, moved) {
  const handle = make("div", {
    class: `ammix-curve-handle ${name}`, role: "slider", tabindex: 0, "aria-label": label,
    "aria-valuemin": 0, "aria-valuemax": 100,
  });
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    moved(by * (event.shiftKey ? 5 : 1), true);
  });
  return handle;
}

export class ConfidenceChart {
  /**
   * @param {(place: number, by?: boolean) => void} moveLine to a place of the way, or by a part of it
   * @param {(lam: number, by?: boolean) => void} mix with another share, or one more or less
   */
  constructor(moveLine, mix) {
    this.picture = make("div", { class: "ammix-curve-picture", role: "img" });
    this.line = makeHandle("Where the line crosses, in percent of the way", "ammix-curve-line", moveLine);
    this.bead = makeHandle(BEAD, "ammix-curve-bead", (by) => mix(-by, true));
    this.other = makeHandle("", "ammix-curve-bead", () => {});
    setAttribute(this.other, "tabindex", -1);
    setAttribute(this.other, "aria-hidden", true);
    this.element = make("div", { class: "ammix-curve-chart" }, this.picture, this.other, this.bead, this.line);
    this.drag(this.line, moveLine);
    this.drag(this.bead, (place) => mix(1 - place));
    this.drag(this.other, mix);
    this.drag(this.picture, moveLine);
  }

  drag(handle, moved) {
    const place = ({ clientX }) => {
      const { left } = this.element.getBoundingClientRect();
      return (clientX - left - LEFT) / (this.width - LEFT - RIGHT);
    };
    handle.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      handle.setPointerCapture(event.pointerId);
      moved(place(event));
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) moved(place(event));
    });
  }

  /** @param {{way, lam, other, crossing, end, marks: number[], names: string[]}} state `other` is a λ to compare with, or null */
  show(state) {
    this.width = Math.max(this.element.clientWidth, 200);
    const along = (place) => LEFT + (this.width - LEFT - RIGHT) * place;
    const parts = [strip(state, along), sums(state, along), pushes(state, along)];
    const x = along(state.crossing).toFixed(1);
    const line = `<path d="M${x} ${STRIP[0] - 14}V${PUSHES[1]}" class="ammix-curve-boundary"/>`;
    const half = `<path d="M${along(0.5)} ${STRIP[1]}V${PUSHES[1]}" class="ammix-curve-middle"/>`;
    this.picture.innerHTML = `<svg width="${this.width}" height="${HEIGHT}" aria-hidden="true">
      ${half}${parts.map(([below]) => below).join("")}${line}${parts.map(([, above]) => above).join("")}</svg>`;
    this.place(this.line, state.crossing, along(state.crossing), 22);
    const middle = (STRIP[0] + STRIP[1]) / 2;
    this.place(this.bead, 1 - state.lam, along(1 - state.lam), middle);
    this.place(this.other, state.lam, along(state.lam), middle);
    const sum = numberText(confidenceSum(state.way, state.lam, state.crossing), 2);
    for (const handle of [this.line, this.bead]) {
      setAttribute(handle, "aria-valuetext", `${handle.getAttribute("aria-valuenow")} %, sum of confidences ${sum}`);
    }
  }

  place(handle, value, x, y) {
    handle.style.left = `${x.toFixed(1)}px`;
    handle.style.top = `${y}px`;
    setAttribute(handle, "aria-valuenow", Math.round(100 * value));
  }
}

/** The samples at both ends, the mixed features between them, and on which side of the line they lie. */
function strip({ way, lam, crossing, marks }, along) {
  const [top, bottom] = STRIP;
  const [middle, height] = [(top + bottom) / 2, bottom - top];
  const [from, line, to] = [along(0), along(crossing), along(1)];
  const stops = Array.from({ length: 41 }, (_, i) => {
    const sure = Math.max(...[0, 1].map((end) => confidenceIn(way, end, i / 40, crossing)));
    return `<stop offset="${i / 40}" class="ammix-curve-unsure" stop-opacity="${(1.4 * (1 - sure)).toFixed(3)}"/>`;
  });
  const side = (x, width, fill) => `<rect x="${x}" y="${top}" width="${width}" height="${height}" ${fill}/>`;
  const tint = (mark) => `fill="${classColour(mark)}" class="ammix-curve-tint"`;
  const below = `<defs><linearGradient id="ammix-curve-shade">${stops.join("")}</linearGradient></defs>`
    + side(from, line - from, tint(marks[0])) + side(line, to - line, tint(marks[1]))
    + side(from, to - from, 'fill="url(#ammix-curve-shade)"')
    + `<path d="M${from} ${middle}H${to}" class="ammix-curve-way"/>`
    + `<path d="M${along(0.5)} ${middle - 13}v26" class="ammix-curve-stroke"/>`;
  const sample = (x, mark) => {
    return `<g transform="translate(${x - 14} ${middle - 14})" class="ammix-curve-sample">${markerSvg(mark, 28)}</g>`;
  };
  const beads = mixedPlaces(lam).map((place, i) => dot(along(place), middle, classColour(marks[i]), 9));
  return [below, sample(from, marks[0]) + sample(to, marks[1]) + beads.reverse().join("")];
}

function grid(values, up, along) {
  return values.map(([value, words]) => {
    const y = up(value).toFixed(1);
    const line = `<path d="M${along(0)} ${y}H${along(1)}" class="ammix-curve-grid"/>`;
    return line + text(along(0) - 8, up(value) + 5, words, 'text-anchor="end"');
  }).join("");
}

/** The sum of both confidences for every place where the line could cross; it is at least 1 if the line faces the right way. */
function sums({ way, lam, other, crossing }, along) {
  const least = way.fall > 0 ? 1 : 0;
  const up = scaleOf(SUMS, least, 2);
  const sum = (place) => confidenceSum(way, lam, place);
  const free = leeway(way, lam);
  const near = `${curveOf(along, up, sum, 0.5 - free, 0.5 + free)}L${along(0.5 + free)} ${SUMS[1]}H${along(0.5 - free)}Z`;
  const title = text(along(0), SUMS[0] - 16, `Sum of both confidences${wide(along) ? ", by where the line crosses (at most 2)" : " (at most 2)"}`);
  const faint = other ? comparison(way, other, along, up) : ["", ""];
  const curve = faint[0] + `<path d="${near}" class="ammix-curve-near"/><path d="${curveOf(along, up, sum)}" class="ammix-curve-sum"/>`;
  const peak = dot(along(0.5), up(sum(0.5)), "var(--ammix-background)", 5);
  const here = dot(along(crossing), up(sum(crossing)), "var(--ammix-accent)", 7);
  return [grid([...Array(3 - least).keys()].map((k) => [k + least, k + least]), up, along) + curve, title + faint[1] + peak + here];
}

/** The sum for another λ, and its name on the inner side of the curve. */
function comparison(way, lam, along, up) {
  const sum = (place) => confidenceSum(way, lam, place);
  const name = text(along(0.5), SUMS[1] - 12, `λ = ${numberText(lam, 2)}`, 'text-anchor="middle" class="ammix-curve-faint-name"');
  return [`<path d="${curveOf(along, up, sum)}" class="ammix-curve-faint"/>`, name];
}

/** The push on a feature of one class for every place where it could lie. */
function pushes({ way, lam, crossing, end, marks, names }, along) {
  const colour = classColour(marks[end]);
  const up = scaleOf(PUSHES, 0, way.slope || 1);
  const size = (place) => pushSize(way, end, place, crossing);
  const push = curveOf(along, up, size);
  const where = wide(along) ? ", by where it lies" : "";
  const title = text(along(0), PUSHES[0] - 16, `Push on a feature with the label ${escaped(names[end])}${where}`);
  const curves = `<path d="${push}L${along(1)} ${PUSHES[1]}H${along(0)}Z" fill="${colour}" opacity="0.16"/>
    <path d="${push}" class="ammix-curve-push" stroke="${colour}"/>`;
  const dots = [end, mixedPlaces(lam)[end]].map((place) => dot(along(place), up(size(place)), colour, 6));
  return [grid([[0, "none"], [way.slope, "most"]], up, along) + curves, title + dots.join("")];
}
