import { make, setAttribute, setText } from "./dom.js";
import { SPEEDS } from "./timeline.js";

/** Playback controls: buttons, speed, scrubber, and the status line. */

export const ICONS = {
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  back: "M18.5 5v14L8.5 12zM5 5h2.6v14H5z",
  forward: "M5.5 5v14l10-7zM16.4 5H19v14h-2.6z",
};

export function iconButton(icon, label, press) {
  const button = make("button", { type: "button", class: "ammix-button", "aria-label": label, title: label });
  button.innerHTML = `<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path
    fill="currentColor" d="${ICONS[icon]}"/></svg>`;
  button.addEventListener("click", press);
  return button;
}

export class Transport {
  /** @param playback {toggle, step, seek, follow, speed} */
  constructor(playback) {
    this.playback = playback;
    /** The record at the right end of the scrubber; there is none yet. */
    this.last = 0;
    this.play = iconButton("pause", "Pause", () => playback.toggle());
    const back = iconButton("back", "One snapshot back", () => playback.step(-1));
    const forward = iconButton("forward", "One snapshot forward", () => playback.step(1));
    this.live = make("button", { type: "button", class: "ammix-button ammix-live", "aria-pressed": "false" });
    this.live.append(make("span", { class: "ammix-dot" }), "Live");
    this.live.title = "Follow training: stay at the newest snapshot";
    this.live.addEventListener("click", () => playback.follow());
    this.epoch = make("span", { class: "ammix-epoch", "data-testid": "epoch" });
    this.status = make("span", { class: "ammix-overall", role: "status", "aria-live": "polite" });
    this.element = make(
      "div", { class: "ammix-transport", role: "group", "aria-label": "Playback" },
      make("div", { class: "ammix-buttons" }, back, this.play, forward),
      this.makeScrubber(),
      make("div", { class: "ammix-readout" }, this.epoch, this.status),
      make("div", { class: "ammix-buttons" }, this.makeSpeed(), this.live),
    );
  }

  makeSpeed() {
    const options = SPEEDS.map((speed) => make("option", { value: speed }, `${speed}×`));
    this.speed = make("select", { class: "ammix-speed", "aria-label": "Speed", title: "Playback speed" }, ...options);
    this.speed.value = "1";
    this.speed.addEventListener("change", () => this.playback.speed(Number(this.speed.value)));
    return this.speed;
  }

  makeScrubber() {
    this.buffered = make("div", { class: "ammix-buffered" });
    this.played = make("div", { class: "ammix-played" });
    this.thumb = make("div", { class: "ammix-thumb" });
    this.parts = make("div", { class: "ammix-parts", "aria-hidden": "true" });
    this.track = make("div", { class: "ammix-track" }, this.buffered, this.played, this.parts, this.thumb);
    this.scrubber = make("div", {
      class: "ammix-scrubber", role: "slider", tabindex: 0, "aria-label": "Epoch", "aria-valuemin": 0,
      "data-testid": "scrubber",
    }, this.track);
    const drag = (event) => {
      const { left, width } = this.track.getBoundingClientRect();
      const share = Math.min(Math.max((event.clientX - left) / Math.max(width, 1), 0), 1);
      this.playback.seek(share * this.last);
    };
    this.scrubber.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.scrubber.setPointerCapture(event.pointerId);
      drag(event);
    });
    this.scrubber.addEventListener("pointermove", (event) => {
      if (this.scrubber.hasPointerCapture(event.pointerId)) drag(event);
    });
    return this.scrubber;
  }

  /** Mark the stages on the scrubber: {title, parts} or null; no title if they apply to all runs. */
  mark(staged) {
    const id = JSON.stringify(staged);
    if (id === this.marked) return;
    this.marked = id;
    this.scrubber.classList.toggle("ammix-staged", Boolean(staged));
    const names = (staged?.parts ?? []).map(({ name, from, to }, i) => {
      const whose = i || !staged.title ? "" : `${staged.title}: `;
      const part = make("span", { class: "ammix-part" }, whose + name);
      part.style.left = `${100 * from}%`;
      part.style.width = `${100 * (to - from)}%`;
      return part;
    });
    this.parts.replaceChildren(...names);
  }

  /** Move the thumb and the buffered part. */
  move(position, end, total) {
    this.last = Math.max(total - 1, end, 1);
    const share = (value) => Math.min(Math.max(value, 0) / this.last, 1);
    const buffered = `scaleX(${share(end)})`;
    if (buffered !== this.lastBuffer) this.buffered.style.transform = buffered;
    this.lastBuffer = buffered;
    this.played.style.transform = `scaleX(${share(position)})`;
    this.thumb.style.transform = `translateX(${(100 * share(position)).toFixed(3)}%)`;
  }

  /** Update texts and pressed states; called a few times a second. */
  tell({ playing, following, open, epoch, text, position, end }) {
    const label = playing ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") !== label) {
      setAttribute(this.play, "aria-label", label);
      setAttribute(this.play, "title", `${label} (Space)`);
      this.play.querySelector("path").setAttribute("d", ICONS[playing ? "pause" : "play"]);
    }
    setAttribute(this.live, "aria-pressed", following);
    this.live.disabled = !open;
    setText(this.epoch, epoch.startsWith("epoch") ? `Displayed: ${epoch}` : epoch);
    setText(this.status, text);
    setAttribute(this.scrubber, "aria-valuetext", epoch);
    setAttribute(this.scrubber, "aria-valuenow", Math.round(position));
    setAttribute(this.scrubber, "aria-valuemax", Math.max(end, 0));
  }
}
