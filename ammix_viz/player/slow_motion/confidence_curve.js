import { lensOf } from "../data/lens.js";
import { make, setAttribute, setText } from "../controls/dom.js";
import { markerSvg } from "../canvas/shapes.js";
import { epochText, numberText, runText } from "../controls/words.js";
import { readTheme } from "../canvas/theme.js";
import { Roster } from "../data/roster.js";
import { chooseRecord, headAndTail } from "./pair.js";
import { runStep, sharedPair } from "./run_step.js";
import { ConfidenceChart } from "./confidence_chart.js";
import { confidenceIn, confidenceSum, leeway, mixedPlaces, pushSize, wayOf } from "./confidence_model.js";

/** AMA section 3.3 to try: where should the line cross, and how hard is a feature pushed? */

const NARROW_CURVE = 700;

const inside = (value, low, high) => Math.min(Math.max(value, low), high);

export class ConfidenceCurve {
  /**
   * @param {HTMLElement} element
   * @param {{open, states}} ways as `SlowMotion` takes them
   */
  constructor(element, ways) {
    this.roster = new Roster(ways, () => this.news());
    this.roster.setParts(["mixed"]);
    this.chart = new ConfidenceChart(
      (to, by) => this.set({ crossing: inside(by ? this.state.crossing + to : to, 0, 1) }),
      (to, by) => this.set({ lam: inside(by ? this.state.lam + to : to, 0.5, 1) }),
    );
    this.names = make("div", { class: "ammix-switch", role: "group", "aria-label": "Method" });
    this.sides = make("div", { class: "ammix-switch", role: "group", "aria-label": "Push on a feature of" });
    this.reset = make("button", { type: "button", class: "ammix-restart" }, "As in the run");
    this.reset.addEventListener("click", () => this.take(this.taken));
    this.words = make("div", { class: "ammix-curve-words" });
    const pushOnName = make("span", { class: "ammix-muted" }, "Push on");
    const choices = make("div", { class: "ammix-curve-choices" }, pushOnName, this.sides, this.reset);
    this.root = make(
      "section", { class: "ammix-player ammix-curve", "data-testid": "confidence-curve" }, this.chart.element,
      make("div", { class: "ammix-curve-beside" }, this.names, this.words, choices),
    );
    this.root.setAttribute("aria-label", "Confidence along the way between two samples");
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.root);
    element.append(this.root);
  }

  /** @param {{runs: {key, title}[], epoch?, classes?}} data as of `SlowMotion` */
  update({ runs, epoch = null, classes = null }) {
    const id = JSON.stringify([runs, epoch, classes]);
    if (id === this.id) return;
    Object.assign(this, { id, runs, epoch, classes, steps: null, state: null });
    this.roster.set([...new Set(runs.map(({ key }) => key))]);
    this.news();
  }

  news() {
    if (!this.runs || this.steps) return;
    const lenses = this.runs.map(({ key }) => lensOf(this.roster.byKey.get(key), false));
    const waiting = lenses.find(({ store }) => !store.has(this.roster.parts) || !store.count);
    const state = waiting?.store.finished ? "failed" : "waiting";
    setAttribute(this.root, "data-state", waiting ? state : "ready");
    if (!waiting) return this.begin(lenses);
    setText(this.words, this.roster.lost || runText(waiting, waiting.store.count - 1, 0));
  }

  /** Of the runs that mix features, those with a mixed sample of the pair. */
  begin(lenses) {
    const stores = lenses.map(({ store }) => store);
    const classes = this.classes ?? headAndTail(stores[0]);
    const epoch = this.epoch ?? Math.max(...stores.map((store) => store.value(store.count - 1, "epoch"))) / 2;
    const index = chooseRecord(stores, epoch, classes);
    const shared = sharedPair(lenses, index, classes);
    const steps = shared ? lenses.map((lens) => runStep(lens, index, classes, shared)) : [];
    this.steps = steps.map((step, i) => ({ ...step, title: this.runs[i].title })).filter(({ onSegment }) => onSegment);
    if (!this.steps.length) return this.refuse(lenses[0], classes);
    this.names.hidden = this.steps.length < 2;
    this.names.replaceChildren(...this.steps.map((step, i) => choice([step.title], () => this.take(i))));
    const { names, marks } = lenses[0];
    this.sides.replaceChildren(...classes.map((label, end) => choice([marker(marks[label]), names[label]], () => this.set({ end }))));
    this.take(this.steps.length - 1);
  }

  refuse({ names }, classes) {
    setText(this.words, `None of these runs mixes features of ${classes.map((label) => names[label]).join(" and ")} in this step.`);
  }

  /** The line, and λ, of a run. */
  take(i) {
    this.taken = i;
    const { before, classes, ways: [[from, to]], samples, lens } = this.steps[i];
    const way = wayOf(before, classes, from, to);
    const lam = Math.max(samples[0].lam, 1 - samples[0].lam);
    const marks = classes.map((label) => lens.marks[label]);
    this.ofRun = { lam, crossing: inside(way.crossing, 0, 1) };
    this.set({ way, marks, ...this.ofRun, end: this.state?.end ?? 0 });
  }

  fit() {
    this.root.classList.toggle("ammix-narrow", this.root.clientWidth < NARROW_CURVE);
    this.root.style.setProperty("--ammix-unsure", `rgb(${readTheme(this.root).unsure.join()})`);
    this.show();
  }

  set(change) {
    this.state = { ...this.state, ...change };
    this.show();
  }

  show() {
    const { state, steps, taken } = this;
    if (!state) return;
    const { lens, classes } = steps[taken];
    const names = classes.map((label) => lens.names[label]);
    this.chart.show({ ...state, name: names[state.end] });
    [...this.names.children].forEach((button, i) => setAttribute(button, "aria-pressed", i === taken));
    [...this.sides.children].forEach((button, i) => setAttribute(button, "aria-pressed", i === state.end));
    this.reset.disabled = state.lam === this.ofRun.lam && state.crossing === this.ofRun.crossing;
    const said = curveText(steps[taken], state, names);
    this.words.replaceChildren(...said.map((line) => make("p", {}, line)));
    setAttribute(this.chart.picture, "aria-label", said.join(" "));
    setAttribute(this.root, "data-crossing", state.crossing.toFixed(4));
    setAttribute(this.root, "data-lam", state.lam.toFixed(4));
  }

  destroy() {
    this.roster.stop();
    this.observer.disconnect();
    this.root.remove();
  }
}

function marker(mark) {
  const tag = make("span", { class: "ammix-slow-class" });
  tag.innerHTML = markerSvg(mark);
  return tag;
}

function choice(parts, press) {
  const button = make("button", { type: "button" }, ...parts);
  button.addEventListener("click", press);
  return button;
}

/** What the chart says, in sentences with its numbers. */
function curveText({ lens, index }, { way, lam, crossing, end }, names) {
  const [first, second] = mixedPlaces(lam).map((place, i) => confidenceIn(way, i, place, crossing));
  const two = (value) => numberText(value, 2);
  const percent = (share) => `${numberText(100 * share, 0)} %`;
  const most = confidenceSum(way, lam, 0.5);
  const free = leeway(way, lam);
  const push = (place) => two(pushSize(way, end, place, crossing));
  const near = free < 0.5 ? `${percent(0.5 - free)} to ${percent(0.5 + free)}` : "anywhere else";
  const peak = way.fall > 0
    ? `The most is ${two(most)}, at the midpoint; ${near} is within 1 % of it.`
    : "In this step the classifier takes each of the two samples for the other's class, so the sum is least at the midpoint.";
  return [
    `Epoch ${epochText(lens.value(index, "epoch"))}: one mixed sample is ${two(lam)} of ${names[0]} and has its label, `
    + `the other is ${two(lam)} of ${names[1]}.`,
    `The line crosses at ${percent(crossing)} of the way. `
    + `Confidence in the labels: ${two(first)} + ${two(second)} = ${two(first + second)}.`,
    peak,
    `Push on a feature of ${names[end]}: ${push(end)} at the sample itself, ${push(mixedPlaces(lam)[end])} at the mixed one.`,
    "Drag the line, or a mixed sample to change λ. Confidences are of these two classes alone: softmax over their two logits.",
  ];
}
