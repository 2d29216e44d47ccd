// Everything by the keyboard.  The arrows work the chosen tool.

import { N_POINTS } from "./measures.js";
import { dragged } from "./pointing.js";

export const TOOL_KEYS = { s: "scroll", w: "window", z: "zoom", p: "pan", l: "length", a: "angle", e: "ellipse", t: "rectangle", b: "probe" };
export const ACT_KEYS = {
  r: "rotate", h: "flip-across", v: "flip-down", i: "invert", "0": "reset", k: "key-image", f: "full-screen", "?": "help",
  c: "cine", " ": "cine", n: "next-series", m: "previous-series", x: "other-pane", y: "together", Delete: "remove", Escape: "leave",
};
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** What a key means: {tool}, {act}, {preset}, {go}, {arrow}, {place}; null where it is nothing of ours. */
export function meaning(key, tool, hasShift = false) {
  const lower = key.length === 1 ? key.toLowerCase() : key;
  if (TOOL_KEYS[lower]) return { tool: TOOL_KEYS[lower] };
  if (ACT_KEYS[lower]) return { act: ACT_KEYS[lower] };
  if (/^[1-9]$/.test(key)) return { preset: Number(key) - 1 };
  if (key === "+" || key === "=") return { zoom: 1.2 };
  if (key === "-") return { zoom: 1 / 1.2 };
  const jump = { PageUp: -1, PageDown: 1, Home: -Infinity, End: Infinity }[key];
  if (jump) return { go: jump };
  if (key === "Enter" && N_POINTS[tool]) return { place: true };
  if (ARROWS[key]) return { arrow: ARROWS[key].map((each) => each * (hasShift ? 10 : 1)) };
  return null;
}

/** Let the arrows work a tool: a slice, a shade, a step of the cross. */
export function arrow(pane, tool, [dx, dy]) {
  if (!pane.frame) return;
  if (tool === "scroll") pane.go(pane.index + dx + dy);
  else if (tool === "window") pane.setWindow(dragged(pane.window, dx * 8, dy * 8, pane.frame));
  else if (tool === "zoom") pane.zoom(1.1 ** (dx - dy));
  else if (tool === "pan") pane.setView({ pan: [pane.view.pan[0] - dx * 20, pane.view.pan[1] - dy * 20] });
  else moveCross(pane, dx, dy);
}

function moveCross(pane, dx, dy) {
  const [x, y] = pane.cross ?? [pane.frame.columns / 2, pane.frame.rows / 2];
  pane.cross = [Math.min(Math.max(x + dx, 0.5), pane.frame.columns - 0.5), Math.min(Math.max(y + dy, 0.5), pane.frame.rows - 0.5)];
  if (pane.growing && pane.growing.points.length > 0) pane.chosen = pane.growing;
  pane.render();
}

/** Set the next point of a measure where the cross is. */
export function placeAtCross(pane, kind) {
  if (!pane.frame) return false;
  pane.cross ??= [pane.frame.columns / 2, pane.frame.rows / 2];
  const measure = pane.growing?.kind === kind ? pane.growing : { kind, points: [] };
  if (!pane.growing) pane.ownMeasures.push(measure);
  measure.points.push([...pane.cross]);
  pane.chosen = measure;
  pane.growing = measure.points.length < N_POINTS[kind] ? measure : null;
  pane.render();
  return true;
}
