/** Ticks with numbers along two sides of a panel, as text of the page. */

const WANTED = 4;

/** A round step (1, 2 or 5 times a power of ten) that gives about the wanted number of ticks. */
export function roundStep(span, wanted) {
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough * 0.8);
}

function ticksBetween(low, high, step) {
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length: Math.min(count, 12) }, (_, i) => (first + i) * step);
}

export function ticksOf({ x, y, half }, side) {
  const step = roundStep(2 * half, side < 190 ? WANTED - 1 : WANTED);
  return {
    step,
    x: ticksBetween(x - half, x + half, step),
    y: ticksBetween(y - half, y + half, step),
  };
}

function tickText(value, step) {
  const digits = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const text = Math.abs(value) >= 1e5 ? value.toExponential(0) : value.toFixed(digits);
  return text.replace("-", "−").replace(/^−(0(\.0*)?)$/, "$1");
}

export class Axes {
  constructor(bottom, left) {
    this.sides = { x: bottom, y: left };
    this.last = "";
  }

  show(range, ticks) {
    const id = [range.x, range.y, range.half, ticks.step].join();
    if (id === this.last) return;
    this.last = id;
    this.place("x", ticks, (tick) => (tick - range.x + range.half) / (2 * range.half));
    this.place("y", ticks, (tick) => (range.half + range.y - tick) / (2 * range.half));
  }

  place(side, ticks, share) {
    const holder = this.sides[side];
    const inside = ticks[side].filter((tick) => share(tick) > 0.04 && share(tick) < 0.96);
    while (holder.children.length > inside.length) holder.lastChild.remove();
    while (holder.children.length < inside.length) holder.append(document.createElement("span"));
    inside.forEach((tick, i) => {
      const label = holder.children[i];
      const text = tickText(tick, ticks.step);
      if (label.textContent !== text) label.textContent = text;
      label.style[side === "x" ? "left" : "top"] = `${(100 * share(tick)).toFixed(2)}%`;
    });
  }
}
