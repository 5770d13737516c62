import { Player } from "./player.js";
import { componentOf } from "./streamlit.js";
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

const component = componentOf((element, data, { trigger, keep }) => {
  return mount(element, data, { restart: (keys) => trigger("restart", keys), report: keep }, true);
});
component.mount = mount;

export default component;
