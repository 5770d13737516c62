import { Editor } from "./editor.js";
import { componentOf } from "../streamlit.js";

/** How a page puts the editor up. */

const component = componentOf((element, data, { trigger }) => {
  const tell = (name) => (value) => trigger(name, value);
  return new Editor(element, data, { points: tell("points"), csv: tell("csv") });
});

export default component;
