import { make } from "./dom.js";
import { epochsOf } from "../data/stages.js";

/** The page's charts over epochs: a line marks the displayed epoch, a press or a drag goes to another. */

const AREA = ".st-key-ammix-curves .nsewdrag";
const LINE = "ammix-epoch-line";
/** Charts are made anew without a word to the player. */
const REMARK_SECONDS = 0.5;

/** The epoch at a position, between records too. */
export function epochAt(store, position) {
  const before = store.before(Math.floor(position));
  const after = store.after(before);
  const share = after > before ? Math.min((position - before) / (after - before), 1) : 0;
  const [from, to] = [store.value(before, "epoch"), store.value(after, "epoch")];
  return from + (to - from) * share;
}

/** The position of an epoch among the records that have come. */
export function positionOf(store, epoch) {
  let before = 0;
  let after = store.after(0);
  while (after > before && store.value(after, "epoch") < epoch) {
    before = after;
    after = store.after(before);
  }
  const [from, to] = [store.value(before, "epoch"), store.value(after, "epoch")];
  return to > from ? before + (after - before) * Math.min((epoch - from) / (to - from), 1) : before;
}

export class Curves {
  /** @param {(position: number) => void} seek; @param {AbortSignal} signal ends the listening */
  constructor(seek, signal) {
    this.seek = seek;
    const options = { signal, capture: true };
    document.addEventListener("pointerdown", (event) => this.press(event), options);
    document.addEventListener("pointermove", (event) => this.area && this.follow(event), options);
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, () => (this.area = null), options);
    }
    const timer = setInterval(() => this.show(this.store, this.position), 1000 * REMARK_SECONDS);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      for (const line of document.querySelectorAll(`.${LINE}`)) line.remove();
    });
  }

  press(event) {
    if (event.button || !(event.target instanceof Element)) return;
    this.area = event.target.closest(AREA);
    if (this.area) this.follow(event);
  }

  follow(event) {
    if (!this.store?.count) return;
    const { left, width } = this.area.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - left) / Math.max(width, 1), 0), 1);
    this.seek(positionOf(this.store, share * epochsOf(this.store)));
  }

  /** Mark the epoch of a run at a position in every chart. */
  show(store, position) {
    [this.store, this.position] = [store, position];
    if (!store?.count || !epochsOf(store)) return;
    const share = epochAt(store, position) / epochsOf(store);
    for (const area of document.querySelectorAll(AREA)) this.mark(area, share);
  }

  mark(area, share) {
    const chart = area.closest(".js-plotly-plot");
    let line = chart.querySelector(`:scope > .${LINE}`);
    if (!line) chart.append((line = make("div", { class: LINE, "aria-hidden": "true" })));
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(area.getAttribute(name)));
    line.style.height = `${height}px`;
    line.style.transform = `translate(${(x + share * width).toFixed(1)}px, ${y}px)`;
  }
}
