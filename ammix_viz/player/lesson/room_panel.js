import { make, setText } from "../controls/dom.js";
import { Room } from "./room.js";
import { withParameters } from "../share/address.js";

/** What a lesson shows of a room: a button with the code, a dialog to open or join one, and the answers. */

const HOSTS_HERE = ["localhost", "127.0.0.1", "[::1]"];
const HERE_ONLY = "This address works on this computer only. Open the app by its network address to share it.";

function peopleText(count) {
  return count === 1 ? "1 person" : `${count} people`;
}

export class RoomPanel {
  /**
   * @param {object} ways the player's, with `rooms` and `qr`
   * @param {(counts: number[] | null) => void} tally called with the answers to the question on display,
   *   null while they are hidden
   */
  constructor(ways, tally) {
    Object.assign(this, { ways, tally });
    this.opened = false;
    this.button = this.press("", () => this.open());
    this.button.classList.add("ammix-room-button");
    this.notice = make("p", { class: "ammix-room-notice", role: "status", hidden: "" });
    this.reveal = this.press("Show answers", () => this.show(true));
    this.count = make("span", { role: "status" });
    this.line = make("p", { class: "ammix-room-line", hidden: "" }, this.count, this.reveal);
    this.dialog = make("dialog", { class: "ammix-room", "aria-label": "Room" });
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
    this.room = new Room(ways.rooms, () => this.update());
    const asked = new URLSearchParams(location.search).get("room");
    if (asked) this.room.join(asked);
    this.update();
  }

  press(words, action) {
    const button = make("button", { type: "button", class: "ammix-button" }, words);
    button.addEventListener("click", action);
    return button;
  }

  /** A question is on display, null if there is none. */
  ask(question) {
    this.question = question;
    this.show(false);
  }

  /** The person has answered it. */
  answer(option) {
    this.room.answer(this.question, option);
    if (this.room.teaches) this.show(true);
  }

  show(opened) {
    this.opened = opened;
    this.update();
  }

  update() {
    const { code, teaches, people, problem } = this.room;
    setText(this.button, code ? `Room ${code} · ${peopleText(people)}` : "Answer together");
    if (code && !teaches) setText(this.button, `Room ${code}`);
    setText(this.notice, problem);
    this.notice.hidden = !problem || this.dialog.open;
    const counts = this.room.counts(this.question);
    const answers = counts.reduce((sum, n) => sum + n, 0);
    this.line.hidden = !teaches || !this.question;
    this.reveal.hidden = this.opened;
    setText(this.count, `${answers} of ${peopleText(people)} answered`);
    this.tally(teaches && this.opened && this.question ? counts : null);
    if (this.dialog.open) this.fill();
  }

  open() {
    this.dialog.showModal();
    this.view = null;
    this.update();
  }

  /** Fill the dialog; what a person types in it stays while only numbers change. */
  fill() {
    const { code, teaches, people, problem } = this.room;
    const view = `${code} ${teaches}`;
    if (view !== this.view) {
      this.view = view;
      this.status = make("p", { class: "ammix-room-status", role: "status" });
      const close = this.press("Close", () => this.dialog.close());
      const leave = this.press("Leave the room", () => this.room.stop());
      const parts = !code ? this.entrance() : teaches ? this.invitation(code) : [make("p", {}, `Your answers are counted in room ${code}.`)];
      this.dialog.replaceChildren(...parts, this.status, make("p", { class: "ammix-room-line" }, ...(code ? [leave] : []), close));
    }
    setText(this.status, problem || (teaches ? `${peopleText(people)} joined` : ""));
  }

  entrance() {
    const field = make("input", { type: "text", maxlength: 12, autocomplete: "off", autocapitalize: "characters", "aria-label": "Code of the room" });
    const join = make("form", { class: "ammix-room-line" }, field, make("button", { class: "ammix-button" }, "Join"));
    join.addEventListener("submit", (event) => {
      event.preventDefault();
      this.room.join(field.value);
    });
    return [
      make("h3", {}, "Join a room"),
      make("p", {}, "Type the code that your teacher shows. Your answers are counted; nobody sees whose they are."),
      join,
      make("h3", {}, "Teach"),
      make("p", {}, "Open a room, and show how many of your class choose each answer. It is gone after two hours."),
      make("p", { class: "ammix-room-line" }, this.press("Start a room", () => this.room.start())),
    ];
  }

  invitation(code) {
    const link = withParameters(location.href, { room: code, present: null, step: null });
    const picture = make("div", { class: "ammix-code-picture", role: "img", "aria-label": "QR code of the link" });
    this.ways.qr(link).then((svg) => (picture.innerHTML = svg), (error) => setText(picture, error.message));
    const here = HOSTS_HERE.includes(location.hostname) ? [make("p", {}, HERE_ONLY)] : [];
    return [
      make("p", { class: "ammix-room-code" }, code), picture,
      make("p", { class: "ammix-room-link" }, link), ...here,
    ];
  }

  destroy() {
    this.room.destroy();
  }
}
