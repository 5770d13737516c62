import { make, setAttribute } from "../controls/dom.js";
import { ICONS, iconButton } from "../controls/transport.js";
import { PHASES } from "./phases.js";

/** Buttons and a bar with a part for each phase. */

export class PhaseBar {
  /** @param playback {toggle(), step(phases), go(phase), seek(position)} */
  constructor(playback) {
    this.playback = playback;
    this.play = iconButton("play", "Play", () => playback.toggle());
    const back = iconButton("back", "One phase back", () => playback.step(-1));
    const forward = iconButton("forward", "One phase forward", () => playback.step(1));
    this.names = PHASES.map((name, phase) => {
      const number = make("span", { class: "ammix-phase-number" }, String(phase + 1));
      const button = make("button", { type: "button", class: "ammix-phase-name", tabindex: -1 }, number, name);
      button.addEventListener("click", () => playback.go(phase));
      return button;
    });
    this.fills = PHASES.map(() => make("span", { class: "ammix-phase-fill" }));
    this.parts = this.fills.map((fill) => make("span", { class: "ammix-phase-part" }, fill));
    this.thumb = make("span", { class: "ammix-phase-thumb" });
    this.track = make("div", { class: "ammix-phase-track" }, ...this.parts, this.thumb);
    this.slider = make("div", {
      class: "ammix-phase-slider", role: "slider", tabindex: 0, "aria-label": "Phase of the step",
      "aria-valuemin": 1, "aria-valuemax": PHASES.length,
    }, this.track);
    this.listen();
    this.element = make(
      "div", { class: "ammix-phase-bar", role: "group", "aria-label": "Phases" },
      make("div", { class: "ammix-buttons" }, back, this.play, forward),
      make("div", { class: "ammix-phases" }, make("div", { class: "ammix-phase-names" }, ...this.names), this.slider),
    );
  }

  listen() {
    const drag = (event) => {
      const { left, width } = this.track.getBoundingClientRect();
      const share = Math.min(Math.max((event.clientX - left) / Math.max(width, 1), 0), 1);
      this.playback.seek(share * PHASES.length);
    };
    this.slider.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.slider.setPointerCapture(event.pointerId);
      drag(event);
    });
    this.slider.addEventListener("pointermove", (event) => {
      if (this.slider.hasPointerCapture(event.pointerId)) drag(event);
    });
  }

  /** @param {PhaseClock} clock */
  show({ position, phase, playing }) {
    const sign = playing ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") !== sign) {
      setAttribute(this.play, "aria-label", sign);
      setAttribute(this.play, "title", sign);
      this.play.querySelector("path").setAttribute("d", ICONS[playing ? "pause" : "play"]);
    }
    this.fills.forEach((fill, k) => {
      fill.style.transform = `scaleX(${Math.min(Math.max(position - k, 0), 1).toFixed(3)})`;
    });
    this.thumb.style.left = `${((100 * position) / PHASES.length).toFixed(2)}%`;
    this.names.forEach((name, k) => setAttribute(name, "aria-current", k === phase ? "step" : "false"));
    setAttribute(this.slider, "aria-valuenow", phase + 1);
    setAttribute(this.slider, "aria-valuetext", `Phase ${phase + 1} of ${PHASES.length}: ${PHASES[phase]}`);
  }
}
