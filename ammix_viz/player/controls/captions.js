import { balanceOf, marginText } from "../canvas/margins.js";
import { make, setText } from "./dom.js";
import { numberText } from "./words.js";

/** What stands under the pictures of a run: what is mixed, and how balanced the margins are. */

function siteText({ site, atFeature, partners }) {
  if (site === 0) return "inputs";
  if (partners && atFeature) return "inputs, then features";
  return atFeature ? "features" : `hidden layer ${site}`;
}

/** One number, or the smallest and the largest. */
export function spanText(values, digits) {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((v) => numberText(v, digits));
  return low === high ? low : `${low} to ${high}`;
}

function labelText({ labelWeight }) {
  if (labelWeight.every((weight) => weight === 0)) return "label flips to the nearer parent";
  if (labelWeight.every((weight) => weight === 0 || weight === 1)) return "label of the nearer parent only";
  return "label mixed by λ";
}

/** Where rows are mixed, λ, and whose label they have. */
export function mixingText({ store, names }, rows, { view, pair }, chosen) {
  const { mixed } = store.header;
  if (!mixed) return "This run was saved without mixed samples.";
  if (!mixed.rows) return "This method mixes nothing.";
  if (rows === undefined) return "Loading mixed samples…";
  if (!rows) return "Nothing is mixed in this step.";
  if (pair.length && !chosen.length) {
    const wanted = pair.map((label) => names[label]).join(" and ");
    return `No mixed sample of ${wanted} is recorded in this step.`;
  }
  const text = `Mixes ${siteText(rows)} · λ ${spanText(rows.lam, 2)} in this step · ${labelText(rows)}`;
  return view === "input" && rows.site > 0 && !rows.partners ? `${text} · not visible in input space` : text;
}

/** The margin balance of the samples displayed. */
function balanceText({ store }, margins, { split }) {
  const values = margins.map(({ margin }) => margin);
  const [least, most] = [Math.min(...values), Math.max(...values)].map(marginText);
  const all = store.total(split) ?? store.displayed(split);
  const about = store.displayed(split) === all ? "" : "≈ ";
  return `Margin balance ${about}${numberText(balanceOf(margins), 2)}: smallest ${least}, largest ${most}`;
}

/** What the parts of the caption are explained by. */
const EXPLAINED_PARTS = ["mix", "lam", "label"];

export class Caption {
  /** @param {() => void} retrain called when a person asks to train an older run anew */
  constructor(retrain) {
    this.mixing = make("span", {});
    this.button = make("button", { type: "button", class: "ammix-restart" }, "Train again");
    this.button.addEventListener("click", retrain);
    this.mixed = make("p", { class: "ammix-caption-line", hidden: "" }, this.mixing, this.button);
    this.margins = make("p", { class: "ammix-caption-line", hidden: "" });
    this.element = make("div", { class: "ammix-captions" }, this.margins, this.mixed);
  }

  /**
   * @param rows the mixed rows of the snapshot; @param chosen those of them on display
   * @param margins those on display, null if there are none
   */
  show(lens, rows, chosen, margins, display) {
    const { header } = lens.store;
    this.mixed.hidden = !display.mixes || !header;
    this.margins.hidden = !display.margins || !header;
    if (!this.margins.hidden) setText(this.margins, margins ? balanceText(lens, margins, display) : "");
    if (this.mixed.hidden) return;
    this.tell(mixingText(lens, rows, display, chosen));
    this.button.hidden = Boolean(header.mixed);
  }
  /** Set the text; where it says what is mixed, its parts set their formulas when they are pressed. */
  tell(text) {
    const parts = text.startsWith("Mixes ") ? text.split(" · ") : [text];
    if (this.mixing.children.length !== parts.length) {
      const made = parts.map((_, i) => this.part(parts.length > 1 && EXPLAINED_PARTS[i]));
      this.mixing.replaceChildren(...made.flatMap((part, i) => (i ? [" · ", part] : [part])));
    }
    parts.forEach((part, i) => setText(this.mixing.children[i], part));
  }

  part(explain) {
    if (!explain) return make("span", {});
    const about = { role: "button", tabindex: 0, title: "Show the formula", "aria-pressed": "false" };
    return make("span", { class: "ammix-explain-text", "data-explain": explain, ...about });
  }
}
