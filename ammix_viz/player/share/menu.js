import { make, setText } from "../controls/dom.js";
import { download, Recording, videoType } from "./animation.js";
import { Poster } from "./poster.js";

/** The Share button: copy a link, show it as a QR code, save a picture, an animation or a replay. */

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];
const TOLD_SECONDS = 3;
const NAME = "ammix_viz";
/** Videos are encoded while they play, so they have fewer pixels than pictures. */
const [PICTURE_SCALE, VIDEO_SCALE] = [2, 1];

export class ShareMenu {
  /**
   * @param {HTMLElement} root of the player
   * @param {{
   *   link(): string, qr: ((link: string) => Promise<string>)?, replay: ((link: string) => Promise<Blob>)?,
   *   words(): {title: string, epoch: string, settings: string},
   *   play(): {share(): number, over(): boolean, restore(): void},
   * }} ways the link to what is displayed, its QR code as SVG, a page that plays it without a server,
   *   the words of a picture, and how to play the animation from its start; without a QR code and a
   *   replay, links and replays are not offered
   */
  constructor(root, ways) {
    Object.assign(this, { root, ways });
    const item = (label, about, press) => {
      const button = make("button", { type: "button", role: "menuitem", title: about }, label);
      button.addEventListener("click", press);
      return button;
    };
    this.animation = item("Save animation", "Record the animation from its start as a video", () => this.record());
    this.animation.disabled = !videoType();
    if (this.animation.disabled) this.animation.title = "This browser cannot record videos";
    this.items = make(
      "div", { class: "ammix-share-items", role: "menu", hidden: "" },
      ...(ways.qr ? [
        item("Copy link", "Copy a link that shows exactly this", () => this.copy()),
        item("QR code", "Show the link as a QR code", () => this.showCode()),
      ] : []),
      item("Save picture", "Save all panels as a PNG", () => this.save()),
      this.animation,
      ...(ways.replay ? [
        item("Save replay", "Save one file that plays this in a browser, without this server", () => this.saveReplay()),
      ] : []),
    );
    this.button = make("button", {
      type: "button", class: "ammix-button ammix-share-button", "aria-haspopup": "menu", "aria-expanded": "false",
    }, "Share");
    this.button.addEventListener("click", () => this.open(this.items.hidden));
    this.told = make("span", { class: "ammix-share-told", role: "status", hidden: "" });
    this.dialog = make("dialog", { class: "ammix-code", "aria-label": "QR code of the link" });
    this.element = make("div", { class: "ammix-share" }, this.told, this.button, this.items, this.dialog);
    this.element.addEventListener("keydown", (event) => this.press(event));
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !this.element.contains(relatedTarget)) this.open(false);
    });
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
  }

  /** @param {AbortSignal} signal ends the listening */
  listen(signal) {
    const away = ({ target }) => this.element.contains(target) || this.open(false);
    document.addEventListener("pointerdown", away, { signal });
  }

  open(wanted) {
    this.items.hidden = !wanted;
    this.button.setAttribute("aria-expanded", wanted);
    if (wanted) this.items.firstChild.focus();
  }

  press(event) {
    if (this.items.hidden || this.dialog.open) return;
    const buttons = [...this.items.children];
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      this.open(false);
      this.button.focus();
    } else if (step) {
      buttons.at((at + step + buttons.length) % buttons.length).focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  tell(text) {
    setText(this.told, text);
    this.told.hidden = !text;
    clearTimeout(this.timer);
    if (text) this.timer = setTimeout(() => this.tell(""), TOLD_SECONDS * 1000);
  }

  async copy() {
    this.open(false);
    const link = this.ways.link();
    try {
      await navigator.clipboard.writeText(link);
      this.tell("Link copied");
    } catch { // not allowed, or not a secure page
      this.showLink(link);
    }
  }

  showLink(link, ...above) {
    const field = make("input", { type: "text", readonly: "", value: link, "aria-label": "Link" });
    const close = make("button", { type: "button", class: "ammix-button" }, "Close");
    close.addEventListener("click", () => this.dialog.close());
    const local = LOCAL.includes(new URL(link).hostname);
    const hint = "This address works on this computer only. Open the app by its network address to share it.";
    this.dialog.replaceChildren(...above, ...(local ? [make("p", {}, hint)] : []), field, close);
    this.dialog.showModal();
    field.select();
  }

  async showCode() {
    this.open(false);
    const link = this.ways.link();
    try {
      const code = make("div", { class: "ammix-code-picture", role: "img", "aria-label": "QR code" });
      code.innerHTML = await this.ways.qr(link);
      this.showLink(link, code);
    } catch (error) {
      this.tell(error.message);
    }
  }

  async save() {
    this.open(false);
    const poster = new Poster(this.root, this.ways.words, PICTURE_SCALE);
    await poster.prepare();
    poster.paint();
    const blob = await new Promise((resolve) => poster.canvas.toBlob(resolve, "image/png"));
    if (blob) download(blob, `${NAME}.png`);
    this.tell(blob ? "Picture saved" : "The picture is too large for this browser.");
  }

  async saveReplay() {
    this.open(false);
    this.tell("Saving the replay…");
    try {
      download(await this.ways.replay(this.ways.link()), `${NAME}.html`);
      this.tell("Replay saved");
    } catch (error) {
      this.tell(error.message);
    }
  }

  /** Play from the start and record it; a second press ends it early. */
  async record() {
    this.open(false);
    if (this.recording) return (this.stopped = true);
    const poster = new Poster(this.root, this.ways.words, VIDEO_SCALE);
    await poster.prepare();
    this.stopped = false;
    const playback = this.ways.play();
    this.recording = new Recording(poster.canvas, () => {
      poster.paint();
      setText(this.animation, `Stop recording (${Math.round(100 * playback.share())} %)`);
      if (this.stopped || playback.over()) this.finish(playback);
    });
    this.recording.start();
    this.tell("Recording…");
  }

  async finish(playback) {
    const { recording } = this;
    if (!recording) return;
    this.recording = null;
    const video = await recording.stop();
    playback.restore();
    setText(this.animation, "Save animation");
    download(video, `${NAME}.${video.type.includes("mp4") ? "mp4" : "webm"}`);
    this.tell("Animation saved");
  }

  destroy() {
    clearTimeout(this.timer);
    this.recording?.stop();
  }
}
