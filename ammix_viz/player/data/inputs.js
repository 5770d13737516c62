/** Where points lie, and a triangulation, from the content that `server/inputs.py` describes. */
export function inputsOf(content) {
  const [points, triangles] = new Uint32Array(content, 0, 2);
  return {
    points: new Float32Array(content, 8, 2 * points),
    triangles: new Uint16Array(content, 8 + 8 * points, 3 * triangles),
  };
}

/** The inputs of runs, requested when they are first displayed. */
export class Inputs {
  /**
   * @param {(key: string) => Promise<{points: Float32Array, triangles: Uint32Array}>} request
   * @param {() => void} changed called when inputs have come, or cannot be had
   */
  constructor(request, changed) {
    this.request = request;
    this.changed = changed;
    this.known = new Map();
  }

  /** The inputs of a run, null until they have come. */
  of(key) {
    if (!this.known.has(key)) this.ask(key);
    return this.known.get(key);
  }

  async ask(key) {
    this.known.set(key, null);
    try {
      this.known.set(key, await this.request(key));
    } catch {
      setTimeout(() => this.known.delete(key), RETRY_SECONDS * 1000);
    }
    this.changed();
  }
}

const RETRY_SECONDS = 5;
