import { make, setAttribute, setText } from "../controls/dom.js";
import { markerSvg } from "../canvas/shapes.js";
import { sharedBox, Range } from "../canvas/range.js";
import { Inputs } from "../data/inputs.js";
import { Picker } from "../controls/picker.js";
import { Roster } from "../data/roster.js";
import { epochText, runText } from "../controls/words.js";
import { Styles } from "../canvas/styles.js";
import { lensOf } from "../data/lens.js";
import { headAndTail } from "./pair.js";
import { phaseLines, SENTENCES } from "./phase_text.js";
import { afterMoves, magnificationOf, stepsOf } from "./run_step.js";
import { PairSelect } from "./pair_select.js";
import { PhaseBar } from "./phase_bar.js";
import { PhaseClock, PHASES, progressAt } from "./phases.js";
import { commonBar, StepPanel } from "./step_panel.js";

/** Figure 1 of the papers with real numbers: one training step on a pair of samples, method by method. */

const LEAST_PANEL = 190;
/** Below this width panels are swiped and controls stand in two rows. */
const LEAST_SLOW_WIDTH = 420;
/** From this width on, what is said of a run stands beside its picture. */
const WIDE_PANEL = 500;
const KEYS = {
  " ": (clock) => clock.toggle(),
  ArrowLeft: (clock) => clock.step(-1),
  ArrowRight: (clock) => clock.step(1),
  Home: (clock) => clock.go(0),
  End: (clock) => clock.go(PHASES.length - 1),
};

export class SlowMotion {
  /**
   * @param {HTMLElement} element
   * @param {{open, states, inputs}} ways how to open a stream, to ask for states and for inputs, as `Player` takes them
   */
  constructor(element, ways) {
    this.panels = [];
    this.roster = new Roster(ways, () => this.news());
    this.roster.setParts(["mixed"]);
    this.inputs = new Inputs(ways.inputs, () => this.bend());
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    this.clock = new PhaseClock(motion.matches);
    this.build(element);
    this.listen(motion);
  }

  build(element) {
    const act = (name) => (value) => this.touch(() => this.clock[name](value));
    this.bar = new PhaseBar({ toggle: act("toggle"), step: act("step"), go: act("go"), seek: act("seek") });
    this.select = new PairSelect((classes) => this.choose(classes));
    this.sentence = make("p", { class: "ammix-slow-sentence", "aria-live": "polite" });
    this.row = make("div", { class: "ammix-slow-row" });
    this.picker = new Picker(this.row);
    this.root = make(
      "section", { class: "ammix-player ammix-slow", "data-testid": "slow-motion", tabindex: -1 },
      make("div", { class: "ammix-slow-head" }, this.bar.element, this.select.element),
      this.sentence, this.picker.element, this.row,
    );
    this.root.setAttribute("aria-label", "One training step in slow motion");
    this.styles = new Styles(this.root);
    element.append(this.root);
  }

  listen(motion) {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.root);
    const recolour = () => this.touch(() => this.styles.forgetTheme());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour, { signal });
    motion.addEventListener("change", () => (this.clock.still = motion.matches), { signal });
    this.root.addEventListener("keydown", (event) => this.press(event), { signal });
  }

  press(event) {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const taken = target.closest("select") || (key === " " && target.closest("button"));
    if (!KEYS[key] || taken || ctrlKey || metaKey || altKey) return;
    event.preventDefault();
    this.touch(() => KEYS[key](this.clock));
  }

  /**
   * @param {{runs: {key, title}[], epoch?: number, classes?: [number, number]}} data the epoch whose nearest
   *   suitable record is taken, default half of training; the classes, default the most frequent and the rarest
   */
  update({ runs, epoch = null, classes = null }) {
    const id = JSON.stringify([runs, epoch, classes]);
    this.styles.forgetTheme();
    if (id === this.id) return this.wake();
    [this.id, this.runs, this.epoch, this.classes] = [id, runs, epoch, classes];
    this.steps = null;
    this.roster.set([...new Set(runs.map(({ key }) => key))]);
    this.panels = runs.map(({ title }) => new StepPanel(title));
    this.row.replaceChildren(...this.panels.map(({ element }) => element));
    this.picker.show(this.panels);
    this.fit();
    this.news();
  }

  get lenses() {
    return this.runs.map(({ key }) => lensOf(this.roster.byKey.get(key), false));
  }

  /** Something came in: begin once all is here. */
  news() {
    if (this.steps?.length) return this.bend();
    if (!this.runs || this.steps) return;
    const { lenses } = this;
    const waiting = lenses.find(({ store }) => !store.has(this.roster.parts) || !store.count);
    if (!waiting) return this.begin();
    const title = this.runs[lenses.indexOf(waiting)].title;
    setText(this.sentence, this.roster.lost || `${title}: ${runText(waiting, waiting.store.count - 1, 0)}`);
    setAttribute(this.root, "data-state", waiting.store.finished ? "failed" : "waiting");
  }

  begin() {
    const { lenses } = this;
    const [{ store }] = lenses;
    this.select.offer(lenses[0]);
    this.choose(this.classes ?? headAndTail(store));
  }

  /** Take another pair of classes, from the start. */
  choose(classes) {
    const { lenses } = this;
    this.select.show(classes, lenses[0].marks);
    this.steps = stepsOf(lenses, this.epoch, classes);
    if (!this.steps.length) return this.refuse(classes);
    const times = Math.min(...this.steps.map(magnificationOf));
    for (const step of this.steps) Object.assign(step, afterMoves(step, times));
    const overview = new Range();
    overview.include(sharedBox(lenses.map(({ store }) => store)), false);
    this.panels.forEach((panel, i) => panel.take(this.steps[i], overview.current));
    this.told = null;
    this.bend();
    this.goToMixing();
    this.touch(() => this.clock.begin(!this.clock.still));
  }

  /** Where panels are swiped, begin with one that mixes. */
  goToMixing() {
    const mixing = this.steps.findIndex(({ rows }) => rows);
    this.row.scrollLeft = this.panels[Math.max(mixing, 0)].element.offsetLeft;
  }

  /** Show the ways of mixed inputs as the network bends them, once all that takes has come. */
  bend() {
    const bends = ({ rows, lens }) => rows?.site === 0 && lens.store.header.grid;
    if (!this.steps?.some(bends)) return;
    this.roster.setParts(["mixed", "grid"]);
    for (const panel of this.panels) panel.bend(this.inputs);
    this.wake();
  }

  refuse([a, b]) {
    const [first, second] = [a, b].map((label) => this.lenses[0].names[label]);
    this.steps = [];
    for (const panel of this.panels) panel.clear("");
    setText(this.sentence, `No step of these runs has a mixed sample of ${first} and ${second}.`);
    setAttribute(this.root, "data-state", "failed");
  }

  fit() {
    const narrow = this.root.clientWidth < Math.max(this.panels.length * LEAST_PANEL, LEAST_SLOW_WIDTH);
    this.root.classList.toggle("ammix-narrow", narrow);
    this.root.classList.toggle("ammix-slow-wide", this.root.clientWidth >= this.panels.length * WIDE_PANEL);
    this.scale = Math.min(window.devicePixelRatio || 1, 2);
    for (const panel of this.panels) panel.fit(this.scale);
    this.wake();
  }

  touch(change) {
    change();
    this.wake();
  }

  wake() {
    this.frame ??= requestAnimationFrame((time) => this.tick(time / 1000));
  }

  tick(now) {
    this.frame = null;
    const seconds = Math.min(Math.max(now - (this.before ?? now), 0), 0.1);
    if (this.clock.moving) this.clock.advance(seconds);
    this.before = this.clock.moving ? now : null;
    if (this.steps?.length) this.paint();
    if (this.clock.moving) this.wake();
  }

  paint() {
    const { clock, panels, steps, styles, scale } = this;
    const view = { progress: progressAt(clock.position), styles, scale, steps, bar: commonBar(panels) };
    for (const panel of panels) panel.paint(view);
    this.bar.show(clock);
    if (this.told !== clock.phase) this.tell(clock.phase);
    const resting = clock.moving ? "stepping" : "paused";
    setAttribute(this.root, "data-state", clock.playing ? "playing" : resting);
    setAttribute(this.root, "data-position", Number(clock.position.toFixed(3)));
  }

  /** The words of a phase. */
  tell(phase) {
    this.told = phase;
    const { steps } = this;
    const epoch = epochText(steps[0].lens.value(steps[0].index, "epoch"));
    const said = { classes: steps[0].classes, epoch, steps, titles: this.runs.map(({ title }) => title) };
    this.sentence.replaceChildren(...this.worded(SENTENCES[phase](said)));
    this.panels.forEach((panel, i) => {
      panel.tell(phaseLines(steps[i], phase), (parts) => this.worded(parts, true), PHASES[phase]);
    });
    setAttribute(this.root, "data-phase", phase + 1);
  }

  /** Text in which numbers stand for classes: their markers and names, or the markers alone. */
  worded(parts, short = false) {
    const { names, marks } = this.lenses[0];
    return parts.map((part) => {
      if (part.aside) return make("span", { class: "ammix-slow-aside" }, part.aside);
      if (typeof part === "string") return part;
      const tag = make("span", { class: "ammix-slow-class", title: names[part] });
      tag.innerHTML = markerSvg(marks[part]);
      tag.append(make("span", { class: short ? "ammix-slow-unseen" : "" }, names[part]));
      return tag;
    });
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.wake = this.bend = () => {};
    this.roster.stop();
    this.leaving.abort();
    this.observer.disconnect();
    this.root.remove();
  }
}
