/** A room in which a class answers together: the server counts, this browser keeps which room, and who it is. */

const ROOM_KEPT = "ammix-room";
const POLL_MS = 2000;
const RETRY_MS = 3000;
const NO_ANSWER = "The server does not answer. This page tries again.";

/** 32 random hexadecimal digits, also on pages without HTTPS. */
function newVoter() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keptRoom() {
  try {
    const { code, voter, teaches } = JSON.parse(sessionStorage.getItem(ROOM_KEPT) ?? "{}");
    return { code: String(code ?? ""), voter: voter ?? newVoter(), teaches: teaches === true };
  } catch { // not allowed, or not ours
    return { code: "", voter: newVoter(), teaches: false };
  }
}

export class Room {
  /**
   * @param {(path: string, content?: object) => Promise<object>} ask the server's rooms: the report at a
   *   path, or after sending content to it; the error it throws has the response's `status`, if there was one
   * @param {() => void} changed called after each change
   */
  constructor(ask, changed) {
    Object.assign(this, { ask, changed }, keptRoom());
    /** What the server reported last. */
    this.report = null;
    /** A sentence on what went wrong, "" if nothing did. */
    this.problem = "";
    /** Answers that the server does not have yet: option by question. */
    this.unsent = new Map();
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    document.addEventListener("visibilitychange", () => this.follow(), { signal });
    if (this.code) this.teaches ? this.follow() : this.join(this.code);
  }

  /** Number of people who have joined. */
  get people() {
    return this.report?.people ?? 0;
  }

  /** How many people chose each option of a question, as far as any did. */
  counts(question) {
    return this.report?.answers[question] ?? [];
  }

  /** Open a room and follow its answers. */
  async start() {
    const report = await this.request("", {});
    if (report) this.enter(report, true);
  }

  /** Join a room; its teacher stays its teacher. */
  async join(code) {
    if (this.teaches && code.toUpperCase() === this.code) return;
    const report = await this.request(`/${encodeURIComponent(code.trim() || "-")}/people`, { voter: this.voter });
    if (report) this.enter(report, false);
  }

  enter(report, teaches) {
    Object.assign(this, { report, teaches, code: report.code });
    this.keep();
    this.changed();
    this.follow();
  }

  /** Answer a question, as one of the class. */
  answer(question, option) {
    if (!this.code || this.teaches) return;
    this.unsent.set(question, option);
    this.send();
  }

  async send() {
    clearTimeout(this.retrying);
    for (const [question, option] of [...this.unsent]) {
      const { code, voter } = this;
      const sent = code && (await this.request(`/${code}/answers`, { voter, question, option }));
      if (sent === undefined) return (this.retrying = setTimeout(() => this.send(), RETRY_MS));
      if (this.unsent.get(question) === option) this.unsent.delete(question);
    }
  }

  /** Ask for the answers every two seconds while the teacher's page is visible. */
  async follow() {
    clearTimeout(this.polling);
    if (!this.teaches || !this.code || document.hidden) return;
    const report = await this.request(`/${this.code}`);
    if (report) this.report = report;
    if (report) this.changed();
    clearTimeout(this.polling);
    if (!this.leaving.signal.aborted) this.polling = setTimeout(() => this.follow(), POLL_MS);
  }

  /** The server's report; null if it refuses, undefined if it does not answer. */
  async request(path, content) {
    try {
      const report = await this.ask(path, content);
      this.tell("");
      return report;
    } catch (error) {
      if (error.status === 404) this.forget();
      this.tell(error.status ? error.message : NO_ANSWER);
      return error.status ? null : undefined;
    }
  }

  tell(problem) {
    if (problem === this.problem) return;
    this.problem = problem;
    this.changed();
  }

  forget() {
    Object.assign(this, { code: "", teaches: false, report: null });
    this.unsent.clear();
    this.keep();
    clearTimeout(this.polling);
  }

  /** Leave the room. */
  stop() {
    this.forget();
    this.problem = "";
    this.changed();
  }

  keep() {
    try {
      const { code, voter, teaches } = this;
      sessionStorage.setItem(ROOM_KEPT, JSON.stringify({ code, voter, teaches }));
    } catch { // not allowed: it is kept as long as the page is open
    }
  }

  destroy() {
    this.leaving.abort();
    clearTimeout(this.polling);
    clearTimeout(this.retrying);
  }
}
