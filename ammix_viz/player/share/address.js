/** The moment on display as parameters of the URL, so that a link shows what its sender sees. */

const DEFAULTS = {
  view: "features", explain: "", mixing: false, margins: false, errors: false, split: "test", axes: "each",
};
const WRITE_SECONDS = 0.5;

function wordOf(value) {
  return typeof value === "boolean" ? (value ? "on" : "off") : value;
}

/**
 * The parameters of a moment; null for those at their default.
 *
 * @param {Display} display
 * @param {number} at epoch to pause at, NaN while it plays
 */
export function parametersOf(display, at) {
  const choices = Object.entries(DEFAULTS).map(([name, usual]) => {
    return [name, display[name] === usual ? null : wordOf(display[name])];
  });
  const hidden = display.hidden.length ? display.hidden.join(",") : null;
  const epoch = Number.isFinite(at) ? String(Number(at.toFixed(4))) : null;
  return { ...Object.fromEntries(choices), hidden, at: epoch };
}

/** A URL with these parameters; those that are null are taken out. */
export function withParameters(url, parameters) {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
  }
  return changed.href;
}

/** Keeps the page's URL up to date, a few times a second at the most, as browsers limit it. */
export class Address {
  constructor() {
    this.writtenAt = -Infinity;
  }

  /** @param {object} parameters as `parametersOf` returns them; @param {number} now in seconds */
  write(parameters, now) {
    const href = withParameters(location.href, parameters);
    clearTimeout(this.timer);
    if (href === location.href) return;
    const wait = this.writtenAt + WRITE_SECONDS - now;
    if (wait > 0) {
      this.timer = setTimeout(() => this.write(parameters, performance.now() / 1000), 1000 * wait);
      return;
    }
    this.writtenAt = now;
    history.replaceState(history.state, "", href);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
