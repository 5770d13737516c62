import { Player } from "./player.js";

/** How a page puts a player up: `mount` for any page, the default export for Streamlit. */

/** @param {string} base folder of the app on its server, from which `frames` is found */
function framesAt(base) {
  const folder = new URL(base.endsWith("/") ? base : `${base}/`, location.href);
  return (keys, from, signal) => {
    const url = new URL("frames", folder);
    for (const key of keys) url.searchParams.append("run", key);
    if (from) url.searchParams.set("from", from);
    return fetch(url, { signal, cache: "no-store" });
  };
}

/**
 * @param {HTMLElement} element
 * @param {{runs: {key, title, about?}[], note?, replay?, base?}} data
 * @param {{open?, restart?}} ways how to open a stream and how to ask for a restart
 * @returns {{update(data): void, destroy(): void}}
 */
export function mount(element, data, { open, restart = () => {} } = {}) {
  const player = new Player(element, open ?? framesAt(data.base ?? "/"), restart);
  player.update(data);
  return player;
}

const mounted = new WeakMap();

/** Streamlit calls this with every change of data, and the last call's answer on removal. */
export default function component({ data: given, parentElement, setTriggerValue = () => {} }) {
  const data = given ?? {};
  const call = {};
  const known = mounted.get(parentElement);
  const restart = (keys) => mounted.get(parentElement)?.trigger("restart", keys);
  const player = known?.player ?? mount(parentElement, data, { restart });
  if (known) player.update(data);
  mounted.set(parentElement, { player, call, trigger: setTriggerValue });
  return () => {
    if (mounted.get(parentElement)?.call !== call) return;
    mounted.delete(parentElement);
    player.destroy();
  };
}

component.mount = mount;
