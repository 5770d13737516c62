import { makeMarkers } from "./sprites.js";
import { packColour, readTheme, shadeTable } from "./theme.js";

/** Markers and map colours, made once for each size, theme and set of classes. */

const MOST_KEPT = 8;

export class Styles {
  constructor(root) {
    this.root = root;
    this.kept = new Map();
  }

  /** Read the page's theme again with the next picture. */
  forgetTheme() {
    this.theme = null;
  }

  /** The theme of the page. */
  get current() {
    return (this.theme ??= readTheme(this.root));
  }

  /** @returns {{theme, markers, shades, blank}} */
  of({ marks, labels }, side, scale) {
    const theme = this.current;
    const id = [marks, labels.length, side, scale, theme.id].join(";");
    if (!this.kept.has(id)) {
      if (this.kept.size >= MOST_KEPT) this.kept.clear();
      const markers = makeMarkers(marks, labels.length, side, scale, theme);
      const shades = shadeTable(theme, marks);
      const blank = packColour(theme.sure);
      this.kept.set(id, { theme, markers, shades, blank });
    }
    return this.kept.get(id);
  }
}
