import { Answers } from "./answers.js";
import { make, setAttribute, setText } from "../controls/dom.js";
import { Pictures } from "./pictures.js";
import { prose } from "./prose.js";
import { Question } from "./question.js";
import { RoomPanel } from "./room_panel.js";
import { SaveButton } from "./save_button.js";
import { withParameters } from "../share/address.js";

/** A lesson: one step at a time, each with a text, a picture of real runs and a question. */

const TYPING = "input, textarea, select, dialog, [role=slider], .ammix-player, .ammix-slow";
const ON_PHONE = matchMedia("(max-width: 640px)");
const MOVES = { PageDown: 1, PageUp: -1, ArrowRight: 1, ArrowLeft: -1 };

export class Lesson {
  /**
   * @param {HTMLElement} element
   * @param {object} ways as the player takes them, and `report(name, value)`
   * @param {boolean} inUrl whether the page's URL follows the step
   */
  constructor(element, ways, inUrl = false) {
    Object.assign(this, { ways, inUrl });
    this.number = 0;
    this.build();
    if (ways.rooms) this.addRoom();
    if (ways.replay) this.addSaving();
    element.append(this.root);
    this.leaving = new AbortController();
    document.addEventListener("keydown", (event) => this.press(event), { signal: this.leaving.signal, capture: true });
  }

  build() {
    this.title = make("h2", { class: "ammix-lesson-title" });
    this.tabs = make("div", { class: "ammix-lesson-tabs" });
    this.count = make("span", { class: "ammix-lesson-count" });
    this.back = this.button("Back", () => this.go(this.number - 1));
    this.next = this.button("Next", () => this.go(this.number + 1));
    this.next.classList.add("ammix-lesson-next");
    this.heading = make("h3", { tabindex: -1 });
    this.text = make("div", { class: "ammix-lesson-text" });
    this.ask = make("div", { class: "ammix-lesson-ask-area" });
    this.chips = make("div", { class: "ammix-lesson-chips", role: "group", "aria-label": "Show in the picture" });
    this.stage = make("div", { class: "ammix-lesson-stage" });
    this.lab = make("a", { class: "ammix-lesson-lab", target: "_blank" }, "Open in the live lab");
    this.tools = make("div", { class: "ammix-lesson-tools" }, this.lab);
    const steps = make("nav", { class: "ammix-lesson-steps", "aria-label": "Steps" });
    steps.append(this.back, this.count, this.tabs, this.next);
    this.root = make(
      "section", { class: "ammix-lesson", "data-testid": "lesson", "aria-label": "Lesson" },
      make("header", {}, this.title, this.tools, steps),
      make("div", { class: "ammix-lesson-words" }, this.heading, this.text),
      this.ask, this.stage, this.chips,
    );
  }

  /** Have the class answer together. */
  addRoom() {
    this.room = new RoomPanel(this.ways, (counts) => this.question?.tally(counts));
    this.tools.append(this.room.button);
    this.tools.parentElement.append(this.room.notice);
    this.root.append(this.room.dialog);
  }

  addSaving() {
    const link = () => withParameters(location.href, { lesson: this.lesson.name });
    const save = new SaveButton(this.ways.replay, () => ({ link: link(), name: this.lesson.name }));
    this.tools.append(save.element);
  }

  button(words, press) {
    const button = make("button", { type: "button", class: "ammix-button" }, words);
    button.addEventListener("click", press);
    return button;
  }

  /**
   * @param {{
   *   lesson: {name, title, steps: object[]}, step: number, ready: string[], names: object, lab: string, untrained: boolean?,
   * }} data `untrained` says whether the page does not train the runs of `step`: it asks first, or has no images
   */
  update(data) {
    const other = data.lesson.name !== this.lesson?.name;
    this.data = data;
    if (other) this.begin(data.lesson, data.step);
    else if (this.waiting) this.enter();
    this.follow();
  }

  /** Write lesson and step into the page's URL; a page that runs again may have taken them out. */
  follow() {
    if (!this.inUrl) return;
    const href = withParameters(location.href, { lesson: this.lesson.name, step: this.number });
    if (href !== location.href) history.replaceState(history.state, "", href);
  }

  begin(lesson, number) {
    this.lesson = lesson;
    this.answers = new Answers(lesson.name);
    setText(this.title, lesson.title);
    this.tabs.replaceChildren(...lesson.steps.map(({ title }, i) => {
      const tab = this.button(String(i + 1), () => this.go(i + 1));
      tab.title = title;
      tab.setAttribute("aria-label", `Step ${i + 1}: ${title}`);
      return tab;
    }));
    setAttribute(this.root, "data-steps", lesson.steps.length);
    this.go(number, false);
  }

  get step() {
    return this.lesson.steps[this.number - 1];
  }

  /** Go to a step, if there is one of that number. */
  go(number, focus = true) {
    if (number === this.number || !this.lesson.steps[number - 1]) return;
    this.number = number;
    setAttribute(this.root, "data-step", number);
    [...this.tabs.children].forEach((tab, i) => {
      if (i + 1 === number) tab.setAttribute("aria-current", "step");
      else tab.removeAttribute("aria-current");
    });
    setText(this.count, `Step ${number} of ${this.lesson.steps.length}`);
    this.back.disabled = number === 1;
    this.next.disabled = number === this.lesson.steps.length;
    this.follow();
    this.enter();
    if (focus) this.heading.focus({ preventScroll: true });
    if (focus) this.root.scrollIntoView({ block: "start" });
  }

  /** Show the step; its picture as soon as its runs are known to the server. */
  enter() {
    const { step, data } = this;
    const unknown = step.runs.some(({ key }) => !data.ready.includes(key));
    const otherUntrained = data.untrained && data.step !== this.number;
    if (unknown || otherUntrained) this.ways.report("step", this.number);
    if (!this.waiting || this.waiting !== this.number) this.showWords();
    this.waiting = unknown ? this.number : 0;
    if (!unknown) this.showPicture();
  }

  showWords() {
    const { step } = this;
    this.pictures?.destroy();
    this.pictures = null;
    this.stage.replaceChildren();
    setAttribute(this.root, "data-layout", layoutOf(step));
    setText(this.heading, step.title);
    this.text.replaceChildren(...prose(step.text));
    const { question } = step;
    this.question = question && new Question(question, (option) => this.answer(option));
    const room = this.room ? [this.room.line] : [];
    this.ask.replaceChildren(...(this.question ? [this.question.element, ...room] : []));
    this.room?.ask(question ? `${this.lesson.name}.${this.number}` : null);
    const before = this.answers.of(this.number);
    if (this.question && before !== undefined) this.question.recall(before);
    this.lab.hidden = !this.data.lab;
    if (this.data.lab) this.lab.href = `${this.data.lab}?${step.link}`;
    this.showChips();
  }

  showPicture() {
    const { step, question } = this;
    const waits = Boolean(question) && question.chosen === undefined;
    this.pictures = new Pictures(step, this.data.names, this.ways, waits, {
      ended: () => question?.show(),
      known: ({ lens }) => question?.offerClasses(lens),
      picked: (label) => question?.picksClass && question.choose(label),
      explained: (name) => this.markChips(name),
      changed: (kind) => this.offerChips(kind === "run"),
      explain: ON_PHONE.matches ? "" : (step.explain[0]?.name ?? ""),
    });
    this.stage.replaceChildren(this.pictures.element);
    this.chips.prepend(this.pictures.tabs);
    this.pictures.show();
  }

  showChips() {
    const buttons = this.step.explain.map(({ name, label, help }) => {
      const chip = make("button", { type: "button", class: "ammix-lesson-chip", "aria-pressed": "false", title: help, "data-explain": name }, label);
      chip.addEventListener("click", () => this.pictures?.explain(chip.getAttribute("aria-pressed") === "true" ? "" : name));
      return chip;
    });
    this.shows = make("div", { class: "ammix-lesson-shows" }, "Show me", ...buttons);
    this.chips.replaceChildren(this.shows);
    this.offerChips(true);
  }

  offerChips(wanted) {
    this.shows.hidden = !wanted || !this.step.explain.length;
    this.markChips("");
  }

  /** Mark what is explained. */
  markChips(wanted) {
    for (const chip of this.shows.children) setAttribute(chip, "aria-pressed", chip.dataset.explain === wanted);
  }

  /** The question is answered: play. */
  answer(option) {
    this.answers.set(this.number, option);
    this.pictures?.play();
    this.room?.answer(option);
    this.stage.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    const { key, target } = event;
    if (!MOVES[key] || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const page = key.startsWith("Page");
    if (target instanceof Element && target.closest(page ? "input, textarea, select, dialog" : TYPING)) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(this.number + MOVES[key]);
  }

  destroy() {
    this.leaving.abort();
    this.room?.destroy();
    this.pictures?.destroy();
    this.root.remove();
  }
}

/** Words beside up to two pictures, above more. */
function layoutOf({ runs, moment: { choices } }) {
  const pictures = runs.length * (choices.view === "both" ? 2 : 1);
  return pictures > 2 ? "above" : "beside";
}
