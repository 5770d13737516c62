import { download } from "../share/animation.js";
import { make, setText } from "../controls/dom.js";

/** The button that saves the whole lesson as one file, and what became of that. */

const SAID_SECONDS = 4;

export class SaveButton {
  /**
   * @param {(link: string) => Promise<Blob>} replay makes the file
   * @param {() => {link: string, name: string}} lesson the lesson's link, and the file's name without its ending
   */
  constructor(replay, lesson) {
    this.said = make("span", { class: "ammix-lesson-said", role: "status", hidden: "" });
    this.button = make("button", {
      type: "button", class: "ammix-button", title: "Save one file that shows this lesson in a browser, without this server",
    }, "Save lesson");
    this.button.addEventListener("click", () => this.save(replay, lesson()));
    this.element = make("span", { class: "ammix-lesson-save" }, this.button, this.said);
  }

  async save(replay, { link, name }) {
    this.button.disabled = true;
    this.say("Saving…");
    try {
      download(await replay(link), `${name}.html`);
      this.say("Saved");
    } catch (error) {
      this.say(error.message);
    }
    this.button.disabled = false;
  }

  say(text) {
    setText(this.said, text);
    this.said.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.said.hidden = true), SAID_SECONDS * 1000);
  }
}
