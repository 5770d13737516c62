/** Tells the page what the player displays, once that has rested for a moment. */

const SETTLED_SECONDS = 0.3;

export class Reporter {
  /** @param {(name: string, value: unknown) => void} report */
  constructor(report) {
    this.report = report;
    /** What the page assumes at first. */
    this.told = { split: "test", at: null };
    this.latest = {};
  }

  /** @param {object} values all that the page may want to know, by name */
  tell(values) {
    const names = Object.keys(values);
    if (names.every((name) => values[name] === this.latest[name])) return;
    this.latest = values;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), 1000 * SETTLED_SECONDS);
  }

  send() {
    for (const [name, value] of Object.entries(this.latest)) {
      if (value !== this.told[name]) this.report(name, value);
    }
    this.told = this.latest;
  }

  stop() {
    clearTimeout(this.timer);
  }
}
