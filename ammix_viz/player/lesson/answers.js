/** What a person has answered in a lesson, by step. Only the browser keeps it, until its tab is closed. */

export class Answers {
  /** @param {string} lesson its id */
  constructor(lesson) {
    this.name = `ammix-lesson-${lesson}`;
    this.byStep = this.read();
  }

  read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.name) ?? "{}");
      return kept && typeof kept === "object" ? kept : {};
    } catch { // not allowed, or not ours
      return {};
    }
  }

  /** The option chosen at a step, undefined if there is none yet. */
  of(step) {
    const chosen = this.byStep[step];
    return Number.isInteger(chosen) ? chosen : undefined;
  }

  set(step, option) {
    this.byStep[step] = option;
    try {
      sessionStorage.setItem(this.name, JSON.stringify(this.byStep));
    } catch { // not allowed: it is kept as long as the page is open
    }
  }
}
