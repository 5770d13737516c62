import { make, setAttribute } from "./controls/dom.js";
import { Curves, epochAt } from "./controls/curves.js";
import { Hold } from "./controls/hold.js";
import { Hover } from "./controls/hover.js";
import { Inputs } from "./data/inputs.js";
import { listenToKeys } from "./controls/keyboard.js";
import { Legend } from "./controls/legend.js";
import { Styles } from "./canvas/styles.js";
import { Display } from "./display.js";
import { Explain } from "./formula/explain.js";
import { epochTextAt, makeKey } from "./controls/numbers.js";
import { PairFilter } from "./controls/pair_filter.js";
import { Panel } from "./panel.js";
import { Panels } from "./panels.js";
import { barLength } from "./canvas/scale_bar.js";
import { Range, sharedBox } from "./canvas/range.js";
import { Reporter } from "./data/reporter.js";
import { Roster } from "./data/roster.js";
import { Sharing } from "./share/sharing.js";
import { stageParts, stagesOf } from "./data/stages.js";
import { Timeline } from "./controls/timeline.js";
import { Tools } from "./controls/tools.js";
import { Transport } from "./controls/transport.js";
import { playerText } from "./controls/words.js";

/** The player: runs side by side, one position for all. */

const MOVE_SECONDS = 0.03;
const TELL_SECONDS = 0.1;
const HIDDEN_SECONDS = 2;

export class Player {
  /**
   * @param {HTMLElement} element
   * @param {{
   *   report(name: string, value: unknown): void,
   *   open(keys: string[], firsts: number[], signal: AbortSignal): Promise<Response>,
   *   states(keys: string[]): Promise<object>,
   *   image(key: string, point: number): string,
   *   inputs(key: string): Promise<{points: Float32Array, triangles: Uint32Array}>,
   *   restart(keys: string[]): void,
   *   qr(link: string): Promise<string>,
   *   replay(link: string): Promise<Blob>,
   * }} ways how to open a stream, to ask for states, where a point's image is,
   *   to ask for inputs, for a restart, for a QR code and for a replay; the last two are null where
   *   there is no server
   * @param {boolean} inUrl whether the page's URL follows what is displayed
   */
  constructor(element, { open, states, image, inputs, restart, report, qr, replay }, inUrl = false) {
    this.reporter = new Reporter(report);
    this.roster = new Roster({ open, states }, () => this.news());
    this.askRestart = restart;
    this.range = new Range();
    this.display = new Display();
    this.display.listen((name) => this.touch(() => this.follow(name)));
    this.inputs = new Inputs(inputs, () => this.arrangeSpaces());
    this.hold = new Hold();
    this.painted = 0;
    [this.clock, this.moved, this.lastTold] = [0, 0, 0];
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    this.timeline = new Timeline(motion.matches);
    this.build(element, image);
    this.sharing = new Sharing(this, { qr, replay, inUrl });
    this.transport.element.lastChild.append(this.sharing.menu.element);
    this.listen(motion);
  }

  build(element, image) {
    this.legend = new Legend(this.display);
    this.tools = new Tools(this.display);
    this.filter = new PairFilter(this.display, this.legend.element);
    this.playback = {
      toggle: () => this.drive(() => this.timeline.toggle()),
      step: (records) => this.drive(() => this.timeline.step(records)),
      seek: (position) => this.drive(() => this.timeline.seek(position)),
      follow: () => this.drive(() => this.timeline.follow()),
      mixing: () => this.display.set("mixing", !this.display.mixing),
      speed: (speed) => this.touch(() => (this.timeline.speed = speed)),
    };
    this.transport = new Transport(this.playback);
    this.root = make("section", { class: "ammix-player", "data-testid": "player", tabindex: -1 });
    this.root.setAttribute("aria-label", "Training, played back");
    this.key = make("div", { class: "ammix-key-row" });
    this.panels = new Panels(this.root, this.display, () => this.makePanel());
    const { picker, row, unhide } = this.panels;
    this.legend.element.append(this.tools.scale.element, this.tools.element, unhide);
    this.explain = new Explain(this.root, this.display, () => this.wake());
    const dock = make("div", { class: "ammix-dock" }, this.explain.element, this.transport.element);
    this.root.append(this.legend.note, this.legend.element, picker.element, row, this.key, dock);
    this.styles = new Styles(this.root);
    this.hover = new Hover(this.root, () => this.wake(), image, this.explain);
    element.append(this.root);
  }

  listen(motion) {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.observer = new ResizeObserver(() => {
      this.panels.fit();
      this.wake();
    });
    this.observer.observe(this.root);
    const recolour = () => this.touch(() => this.styles.forgetTheme());
    const settle = () => (this.timeline.still = motion.matches);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour, { signal });
    motion.addEventListener("change", settle, { signal });
    listenToKeys(this.root, this.playback, signal);
    this.curves = new Curves((position) => this.stopAt(position), signal);
    this.sharing.menu.listen(signal);
    document.addEventListener("visibilitychange", () => this.noteVisibility(), { signal });
    this.roster.setAway(document.hidden);
  }

  /** A hidden page receives nothing, so that the pages in view have the browser's connections. */
  noteVisibility() {
    clearTimeout(this.hiding);
    if (!document.hidden) this.roster.setAway(false);
    else this.hiding = setTimeout(() => this.roster.setAway(true), HIDDEN_SECONDS * 1000);
  }

  /** Show these runs: runs already loaded are kept, new ones are requested. */
  update({ runs = [], metrics = [], note = "", replay = 0, moment = {}, arrivals = 0, settings = "" }) {
    this.sharing.settings = settings;
    if (!this.metrics) this.key.append(makeKey(metrics));
    this.metrics ??= metrics;
    this.note = note;
    this.styles.forgetTheme();
    const others = this.roster.set([...new Set(runs.map((run) => run.key))]);
    this.panels.arrange(runs, this.roster.byKey);
    if (this.panels.all.every(({ otherData }) => otherData)) {
      this.legend.clear();
      this.display.set("pair", []);
    }
    if (others) this.startOver();
    else if (this.replay !== undefined && replay !== this.replay) this.timeline.rewind();
    if (arrivals !== this.arrivals) this.sharing.go(moment);
    [this.replay, this.arrivals] = [replay, arrivals];
    if (this.roster.restarting.length) this.roster.reopen();
    this.news();
  }

  startOver() {
    this.range.forget();
    this.hover.clear();
    this.timeline.rewind();
    this.timeline.following = this.timeline.still;
  }

  /** A choice of the display has changed. */
  follow(name) {
    if (name === "hidden") this.panels.showVisible();
    if (name === "explain") this.showExplained();
    if (["view", "mixing", "explain"].includes(name)) this.askForParts();
    if (name === "view") this.arrangeSpaces();
  }

  /** Set the formula; the circle of some has to be in view. */
  showExplained() {
    this.explain.show();
    this.forgetRanges();
    this.news();
  }

  /** Have the stream bring what the display needs. */
  askForParts() {
    const { mixes, view } = this.display;
    this.roster.setParts([...(mixes ? ["mixed"] : []), ...(view === "features" ? [] : ["grid"])]);
  }

  arrangeSpaces() {
    const changed = this.panels.all.map((panel) => panel.arrange(this.display, this.inputs));
    if (changed.includes(true)) this.panels.fit();
    this.wake();
  }

  makePanel() {
    const retrain = ({ store }) => this.retrain([store]);
    const panel = new Panel(this.metrics, () => this.restart(), retrain);
    this.hover.listen(panel);
    return panel;
  }

  /** Ask that every stopped run be trained again. */
  restart() {
    this.retrain(this.roster.stores.filter((store) => store.state === "stopped"));
  }

  /** Ask that runs be trained from their start. */
  retrain(stores) {
    if (!stores.length) return;
    this.askRestart(this.roster.restart(stores));
    this.startOver();
    this.news();
  }

  /** A person moves playback. */
  drive(change) {
    this.sharing.letGo();
    this.touch(change);
  }

  /** Make a change, and paint and report it at once. */
  touch(change = () => {}) {
    change();
    [this.moved, this.lastTold] = [0, 0];
    this.wake();
  }

  /** Something came in: find the end again, widen ranges. */
  news() {
    const { end, open, failed } = this.roster.reach();
    const settled = this.roster.stores.filter((store) => store.settled).length;
    if (failed !== this.failed || settled !== this.settled) this.forgetRanges();
    [this.failed, this.settled] = [failed, settled];
    this.timeline.setEnd(end, open, performance.now() / 1000);
    this.sharing.settle();
    if (end >= 0) this.range.include(this.explain.widened(sharedBox(this.roster.stores)), open);
    for (const { panelRange, store } of this.panels.all) {
      panelRange.include(this.explain.widened(store.extent), open);
    }
    this.lastTold = 0;
    this.arrangeSpaces();
  }

  forgetRanges() {
    this.range.forget();
    for (const panel of this.panels.all) panel.panelRange.forget();
  }

  wake() {
    this.dirty = true;
    this.frame ??= requestAnimationFrame((time) => this.tick(time / 1000));
  }

  tick(now) {
    const seconds = Math.min(Math.max(now - this.clock, 0), 0.1);
    const { timeline } = this;
    this.frame = null;
    this.clock = now;
    const moved = timeline.advance(seconds, now);
    const ranges = [...new Set([this.range, ...this.panels.all.map((panel) => panel.panelRange)])];
    const eased = ranges.map((range) => range.ease(seconds, timeline.still)).includes(true);
    if (moved || eased || this.dirty) this.paint(now);
    this.dirty = false;
    const goesOn = timeline.playing || eased;
    if (now - this.moved >= MOVE_SECONDS || !goesOn) this.move(now);
    if (now - this.lastTold >= TELL_SECONDS || !goesOn) this.tell(now);
    this.report();
    if (goesOn) this.frame ??= requestAnimationFrame((time) => this.tick(time / 1000));
  }

  /** The scrubber, every second frame: repainting it costs as much as a panel. */
  move(now) {
    this.moved = now;
    const { position, end } = this.timeline;
    if (end < 0) return;
    this.transport.move(position, end, this.roster.total);
    this.curves.show(this.longest, position);
  }

  paint(now) {
    const { position, end, playing } = this.timeline;
    if (end < 0) return;
    const { display, panels, styles, hover, hold } = this;
    hold.advance(this.timeline, now);
    const view = { position, playing, display, scale: panels.scale, styles, hold, highlight: hover.highlight, focus: this.explain.focus };
    const rangeOf = ({ panelRange }) => (display.axes === "each" ? panelRange : this.range).current;
    const ready = panels.visible.filter((panel) => panel.store.count && rangeOf(panel));
    for (const panel of ready) panel.move(view);
    view.barLength = display.axes === "each" ? barLength(ready.map((panel) => rangeOf(panel))) : 0;
    view.longestPush = playing ? 0 : Math.max(0, ...ready.map((panel) => panel.longestPush));
    for (const [i, panel] of ready.entries()) {
      const all = !playing || this.dirty || (this.painted + i) % 2 === 0;
      panel.paint(view, { range: rangeOf(panel), row: hover.rowOf(panel), all });
    }
    if (ready.length) this.painted += 1;
  }

  get state() {
    const { timeline } = this;
    const { stores } = this.roster;
    const failed = stores.length > 0 && stores.every((store) => store.state === "failed");
    if (failed && (timeline.end < 0 || timeline.finished)) return "failed";
    if (timeline.end < 0 || timeline.starved) return "waiting";
    if (timeline.playing) return "live";
    return timeline.finished ? "ended" : "paused";
  }

  /** Words and numbers, ten times a second at the most. */
  tell(now) {
    this.lastTold = now;
    const { timeline } = this;
    const panels = this.panels.all;
    const { position, end, playing, following, open } = timeline;
    const stores = panels.map((panel) => panel.store);
    const lenses = [...new Set(panels.map((panel) => panel.lens))];
    for (const panel of panels) {
      panel.tell(position, now, this.display);
      panel.element.classList.toggle("ammix-stale", !panel.store.count || end < 0);
      panel.element.classList.toggle("ammix-blank", panel.otherData);
      if (panel.store.count) panel.numbers.show(panel.lens, position, this.display.split);
    }
    this.explain.tell(panels);
    this.filter.show();
    this.tools.show(lenses, this.styles.current);
    this.root.classList.toggle("ammix-staged-runs", stores.some((store) => stagesOf(store).length > 1));
    const { longest } = this;
    this.legend.show(lenses, this.display.split, this.note);
    const { state, roster } = this;
    const live = stores.filter((store) => store.state === "training");
    const pace = Math.max(...live.map((store) => store.pace.secondsAnEpoch || 0));
    const text = playerText({ state, lost: roster.lost, frames: end >= 0, following, pace });
    const epoch = this.epochOf(longest, position);
    this.transport.mark(this.staged());
    this.transport.tell({ playing, following, open, position, end, text, epoch });
    this.hover.show();
    this.sharing.follow(now);
  }

  /** Go to a position and stay there. */
  stopAt(position) {
    this.drive(() => {
      this.timeline.playing = false;
      this.timeline.seek(position);
    });
  }

  /** The run with the most records. */
  get longest() {
    return this.roster.stores.reduce((a, b) => (b.count > (a?.count ?? 0) ? b : a), null);
  }

  /** Where the stages of a run that has several lie on the timeline; whose, unless all are alike. */
  staged() {
    const panel = this.panels.all.find(({ store }) => stagesOf(store).length > 1);
    if (!panel) return null;
    const title = this.alike ? "" : panel.title.textContent;
    return { title, parts: stageParts(panel.store, this.roster.total) };
  }

  /** Whether all runs go through the same stages. */
  get alike() {
    const known = this.roster.stores.filter((store) => store.header);
    return new Set(known.map((store) => JSON.stringify(stagesOf(store)))).size === 1;
  }

  /** The epoch of the longest run; named where it is one of several stages. */
  epochOf(longest, position) {
    const epoch = epochTextAt(longest, position);
    const panel = this.panels.all.find(({ store }) => store === longest);
    return stagesOf(longest).length > 1 && !this.alike ? `${panel.title.textContent}, ${epoch}` : epoch;
  }

  report() {
    const { position, end, rests } = this.timeline;
    this.reporter.tell({
      split: this.display.split,
      at: rests ? Number(epochAt(this.longest, position).toFixed(2)) : null,
    });
    setAttribute(this.root, "data-state", this.state);
    const missing = Math.max(0, ...this.roster.stores.map((store) => store.missing));
    setAttribute(this.root, "data-frames", Math.max(end + 1 - missing, 0));
    setAttribute(this.root, "data-position", Number(position.toFixed(3)));
    setAttribute(this.root, "data-painted", this.painted);
    const { view, mixing } = this.display;
    setAttribute(this.root, "data-view", view);
    if (!mixing) return this.root.removeAttribute("data-mixing");
    const rows = this.panels.all.reduce((sum, panel) => sum + panel.painted, 0);
    setAttribute(this.root, "data-mixing", rows);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.wake = () => {};
    this.hover.clear();
    this.reporter.stop();
    clearTimeout(this.hiding);
    this.roster.stop();
    this.sharing.stop();
    this.leaving.abort();
    this.observer.disconnect();
    this.root.remove();
  }
}
