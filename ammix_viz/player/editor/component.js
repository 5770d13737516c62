import { Editor } from "./editor.js";

/** How a page puts the editor up. */

const mounted = new WeakMap();

/** Streamlit calls this with every change of data, and the last call's answer on removal. */
export default function component({ data, parentElement, setTriggerValue = () => {} }) {
  const call = {};
  const known = mounted.get(parentElement);
  const tell = (name) => (value) => mounted.get(parentElement)?.trigger(name, value);
  const editor = known?.editor ?? new Editor(parentElement, data, { points: tell("points"), csv: tell("csv") });
  mounted.set(parentElement, { editor, call, trigger: setTriggerValue });
  if (known) editor.update(data);
  return () => {
    if (mounted.get(parentElement)?.call !== call) return;
    mounted.delete(parentElement);
    editor.destroy();
  };
}
