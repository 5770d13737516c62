import { Player } from "./player.js";
import { waysAt } from "./ways.js";

/** How a page puts a player up: `mount` for any page, the default export for Streamlit. */

/**
 * @param {HTMLElement} element
 * @param {{
 *   runs: {key, title, about?, view?, data?}[], metrics, note?, replay?, moment?, arrivals?, settings?, base?,
 * }} data
 * @param {{open?, states?, image?, inputs?, qr?, replay?, restart?}} ways replacements for the default functions
 * @param {boolean} inUrl whether the page's URL follows what is displayed
 * @returns {{update(data): void, destroy(): void}}
 */
export function mount(element, data, ways = {}, inUrl = false) {
  const player = new Player(element, { ...waysAt(data.base ?? "/"), ...ways }, inUrl);
  player.update(data);
  return player;
}

const mounted = new WeakMap();

/** Streamlit calls this with every change of data, and the last call's answer on removal. */
export default function component({ data: given, parentElement, setTriggerValue = () => {}, setStateValue = () => {} }) {
  const data = given ?? {};
  const call = {};
  const known = mounted.get(parentElement);
  const restart = (keys) => mounted.get(parentElement)?.trigger("restart", keys);
  const report = (name, value) => mounted.get(parentElement)?.keep(name, value);
  const player = known?.player ?? mount(parentElement, data, { restart, report }, true);
  if (known) player.update(data);
  mounted.set(parentElement, { player, call, trigger: setTriggerValue, keep: setStateValue });
  return () => {
    if (mounted.get(parentElement)?.call !== call) return;
    mounted.delete(parentElement);
    player.destroy();
  };
}

component.mount = mount;
