import { lensOf } from "../data/lens.js";
import { make, setAttribute, setText } from "../controls/dom.js";
import { markerSvg } from "../canvas/shapes.js";
import { epochText, numberText, runText } from "../controls/words.js";
import { readTheme } from "../canvas/theme.js";
import { Roster } from "../data/roster.js";
import { headAndTail } from "./pair.js";
import { stepsOf } from "./run_step.js";
import { ConfidenceChart } from "./confidence_chart.js";
import { confidenceIn, leeway, mixedPlaces, nearerShare, pushSize, wayOf } from "./confidence_model.js";

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
    this.shares = make("div", { class: "ammix-switch", role: "group", "aria-label": "λ" });
    this.words = make("div", { class: "ammix-curve-words" });
    const named = (name, switches) => make("div", { class: "ammix-curve-choice" }, make("span", { class: "ammix-muted" }, name), switches);
    const choices = make("div", { class: "ammix-curve-choices" }, named("λ", this.shares), named("Push on", this.sides));
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

  /** Of the runs that mix features and give each mixed sample one label, those with a mixed sample of the pair. */
  begin(lenses) {
    const classes = this.classes ?? headAndTail(lenses[0].store);
    const steps = stepsOf(lenses, this.epoch, classes);
    this.steps = steps.map((step, i) => ({ ...step, title: this.runs[i].title })).filter(hasOneLabel);
    if (!this.steps.length) return this.refuse(lenses[0], classes);
    this.names.hidden = this.steps.length < 2;
    this.names.replaceChildren(...this.steps.map((step, i) => choice([step.title], () => this.take(i))));
    const { names, marks } = lenses[0];
    this.sides.replaceChildren(...classes.map((label, end) => choice([marker(marks[label], names[label])], () => this.set({ end }))));
    this.take(this.steps.length - 1);
  }

  refuse({ names }, classes) {
    setText(this.words, `None of these runs mixes features of ${classes.map((label) => names[label]).join(" and ")} with one label each in this step.`);
  }

  /** The line, and λ, of a run. */
  take(i) {
    this.taken = i;
    const { before, classes, ways: [[from, to]], samples, lens } = this.steps[i];
    const way = wayOf(before, classes, from, to);
    const lam = Math.max(samples[0].lam, 1 - samples[0].lam);
    const marks = classes.map((label) => lens.marks[label]);
    const nearer = nearerShare(way, lam);
    this.shared = [lam, nearer].filter(Boolean);
    const press = (share) => () => this.set({ lam: share, crossing: inside(way.crossing, 0, 1) });
    this.shares.replaceChildren(...this.shared.map((share) => choice([numberText(share, 2)], press(share))));
    ["As in the run", "Nearer to ½"].forEach((title, k) => this.shared[k] && setAttribute(this.shares.children[k], "title", title));
    this.set({ way, marks, lam, crossing: inside(way.crossing, 0, 1), end: this.state?.end ?? 0 });
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
    const other = this.shared.length < 2 || state.lam > this.shared[1] ? this.shared[1] : this.shared[0];
    const displayed = { ...state, names, other: other ?? null };
    this.chart.show(displayed);
    [...this.names.children].forEach((button, i) => setAttribute(button, "aria-pressed", i === taken));
    [...this.sides.children].forEach((button, i) => setAttribute(button, "aria-pressed", i === state.end));
    [...this.shares.children].forEach((button, i) => setAttribute(button, "aria-pressed", this.shared[i] === state.lam));
    const said = curveText(steps[taken], displayed, names);
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

/** Whether a step mixes features, and each of its mixed samples has the label of one class. */
function hasOneLabel({ onSegment, samples }) {
  return onSegment && samples.every(({ weights }) => weights.length === 1);
}

function marker(mark, name) {
  const tag = make("span", { class: "ammix-slow-class" });
  tag.innerHTML = markerSvg(mark);
  tag.append(make("span", { class: "ammix-slow-unseen" }, name));
  return tag;
}

function choice(parts, press) {
  const button = make("button", { type: "button" }, ...parts);
  button.addEventListener("click", press);
  return button;
}

const sharePercent = (share) => `${numberText(100 * share, 0)}\u00a0%`;

/** What is good for the line, by the sum of confidences. */
function rangeText({ way, lam, other }) {
  if (way.fall <= 0) {
    return "In this step the classifier takes each of the two samples for the other's class, so the sum is lowest at the midpoint.";
  }
  const range = (share) => {
    const free = leeway(way, share);
    return free < 0.5 ? `${sharePercent(0.5 - free)} to ${sharePercent(0.5 + free)}` : "any place";
  };
  const all = `The sum is highest at the midpoint, but almost as high at ${range(lam)}: hardly anything pushes the line there. `
    + "Outside, a mixed sample pushes it back.";
  if (!other) return all;
  const narrower = other < lam ? "The nearer λ is to ½, the narrower this range" : "With λ further from ½ it is wider";
  return `${all} ${narrower}: with λ = ${numberText(other, 2)} (dashed) ${range(other)}.`;
}

/** What the chart says, in sentences with its numbers. */
function curveText({ lens, index }, state, names) {
  const { way, lam, crossing, end } = state;
  const [first, second] = mixedPlaces(lam).map((place, i) => confidenceIn(way, i, place, crossing));
  const two = (value) => numberText(value, 2);
  const push = two(pushSize(way, end, mixedPlaces(lam)[end], crossing));
  return [
    `The samples of pair 1 at epoch ${epochText(lens.value(index, "epoch"))}, mixed both ways: one mixed sample is ${two(lam)} of ${names[0]}, `
    + `the other of ${names[1]}; each has that label only.`,
    `The line crosses at ${sharePercent(crossing)} of the way. Confidence in the two labels: ${two(first)} + ${two(second)} = ${two(first + second)}.`,
    rangeText(state),
    `Push on the mixed sample of ${names[end]}: ${push} of at most ${two(way.slope)}; none where confidence in its label is near 1.`,
    "Drag the line or a mixed sample. Confidence counts these two classes only.",
  ];
}
