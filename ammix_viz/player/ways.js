import { canDecode } from "./data/coding.js";
import { inputsOf } from "./data/inputs.js";

/** How a page reaches the server: the routes for streams, states, images, inputs, QR codes, replays and rooms. */

/** Raise what the server says of a request that it refuses. */
async function refuse(response, otherwise) {
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.error ?? otherwise);
}

/** @param {string} base folder of the app on its server, beside whose pages its routes are */
export function waysAt(base) {
  const folder = () => new URL(base.endsWith("/") ? base : `${base}/`, location.href);
  const about = (route, keys) => {
    const url = new URL(route, folder());
    for (const key of keys) url.searchParams.append("run", key);
    return url;
  };
  return {
    open(keys, firsts, signal, parts) {
      const url = about("frames", keys);
      if (canDecode) {
        url.searchParams.set("coding", "predicted");
        for (const name of parts.names) url.searchParams.append("part", name);
        if (parts.names.length && parts.first < Infinity) url.searchParams.set("part_from", parts.first);
      }
      const alike = firsts.every((first) => first === firsts[0]);
      const needed = alike ? firsts.slice(0, firsts[0] ? 1 : 0) : firsts;
      for (const first of needed) url.searchParams.append("from", first);
      return fetch(url, { signal, cache: "no-store" });
    },
    async states(keys) {
      const response = await fetch(about("states", keys), { cache: "no-store" });
      return response.json();
    },
    image(key, point) {
      const url = new URL("image", folder());
      url.searchParams.set("run", key);
      url.searchParams.set("point", point);
      return url.href;
    },
    async inputs(key) {
      const response = await fetch(about("inputs", [key]));
      await refuse(response, "There are no inputs.");
      return inputsOf(await response.arrayBuffer());
    },
    async qr(link) {
      const url = new URL("qr", folder());
      url.searchParams.set("link", link);
      const response = await fetch(url, { cache: "no-store" });
      await refuse(response, "There is no QR code.");
      return response.text();
    },
    /** The rooms of the server at a path; with content, that is sent there. */
    async rooms(path, content) {
      const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(content) };
      const response = await fetch(new URL(`rooms${path}`, folder()), content ? post : { cache: "no-store" });
      const answer = await response.json().catch(() => null);
      if (response.ok && answer) return answer;
      throw Object.assign(new Error(answer?.error ?? "The server has no rooms."), { status: response.status });
    },
    async replay(link) {
      const url = new URL("replay", folder());
      url.search = new URL(link).search;
      const response = await fetch(url, { cache: "no-store" });
      await refuse(response, "The replay cannot be made.");
      return response.blob();
    },
    restart() {},
    report() {},
  };
}
