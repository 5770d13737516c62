/**
 * What a person points at: a term of a formula, or a part of a picture.
 *
 * Both have tags. A part's first tag names it alone, the others the kinds that it belongs to.
 */
export class Focus {
  /** @param {() => void} changed called after each change */
  constructor(changed) {
    this.changed = changed;
    this.tags = [];
  }

  /** Point at a tag, or at a part with these tags; at nothing without any. */
  point(tags = []) {
    if (String(tags) === String(this.tags)) return;
    this.tags = tags;
    this.changed();
  }

  get some() {
    return this.tags.length > 0;
  }

  /** Whether a term is of what is pointed at. */
  hasTerm(tag) {
    return this.tags.includes(tag);
  }

  /** Whether a part of a picture is. */
  hasPart({ tags }) {
    return this.some && tags.includes(this.tags[0]);
  }
}
