import { Player } from "../player.js";
import { featureSpace } from "../canvas/features.js";
import { make } from "../controls/dom.js";
import { winnerAt } from "../canvas/classifier.js";

/** The runs of a step side by side, in a player that waits at the start until a question is answered. */

const PICK_REACH = 14;

export class RunPicture {
  /**
   * @param {{runs, metrics, moment, settings}} step
   * @param {object} ways as the player takes them
   * @param {boolean} waits whether to stay at the start until `play`
   * @param {{ended(): void, known(panel): void, picked(label: number): void, explained(name: string): void}} on what
   *   to call at the end, when the classes are known, when a class is clicked, and when the formula on display changes
   */
  constructor(step, ways, waits, on) {
    this.element = make("div", { class: "ammix-lesson-run" });
    this.player = new Player(this.element, ways, false);
    this.on = on;
    this.started = !waits;
    this.player.display.listen((name) => name === "explain" && on.explained(this.player.display.explain));
    const { runs, metrics, moment, settings } = step;
    const start = waits ? { ...moment, at: 0 } : moment;
    this.player.update({ runs, metrics, moment: start, arrivals: 1, settings });
    this.observer = new MutationObserver(() => this.note());
    this.observer.observe(this.player.root, { attributes: true, attributeFilter: ["data-state", "data-frames"] });
    this.player.root.addEventListener("click", (event) => this.click(event));
  }

  get panel() {
    return this.player.panels.visible.find(({ store }) => store.header);
  }

  note() {
    if (this.panel) this.on.known(this.panel);
    const { state } = this.player;
    if (this.started && (state === "ended" || state === "failed")) this.on.ended();
  }

  /** Play from the start. */
  play() {
    this.started = true;
    const { timeline } = this.player;
    this.player.drive(() => {
      timeline.seek(timeline.still ? Infinity : 0);
      timeline.playing = !timeline.still;
    });
    this.note();
  }

  explain(name) {
    this.player.display.set("explain", name);
  }

  click(event) {
    const label = classAt(this.player, event);
    if (label >= 0) this.on.picked(label);
  }

  destroy() {
    this.observer.disconnect();
    this.player.destroy();
    this.element.remove();
  }
}

/** The class of the point under the pointer, or of the region; -1 outside of the pictures. */
function classAt({ panels }, { target, clientX, clientY }) {
  for (const panel of panels.visible) {
    const plot = panel.plots.find(({ canvas }) => canvas === target);
    if (!plot || !panel.store.count) continue;
    const { left, top, width } = target.getBoundingClientRect();
    const { scene } = plot;
    const unit = scene.side / width;
    const [x, y] = [(clientX - left) * unit, (clientY - top) * unit];
    const point = scene.pointAt(x, y, PICK_REACH * unit);
    if (point >= 0) return panel.lens.labels[point];
    if (plot.space === featureSpace && !panel.moment.blank) return winnerAt(panel.moment.classifier, ...scene.toPlane(x, y));
  }
  return -1;
}
