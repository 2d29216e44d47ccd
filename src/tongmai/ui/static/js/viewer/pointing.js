// Hands on a pane: mouse, pen, fingers.  Left: the chosen tool; right: zoom; middle: move; wheel: through the stack;
// two fingers: zoom and move.

import { toPicture } from "./geometry.js";
import { gripped, N_POINTS } from "./measures.js";

export function bindPointing(pane, viewer) {
  const { canvas } = pane;
  const down = new Map();
  let drag = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("pointerdown", (event) => {
    viewer.activate(pane);
    if (!pane.frame) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    if (down.size === 2) drag = pinch(pane, down, drag);
    else if (down.size === 1) drag = begun(pane, viewer, place(event), ["", "pan", "zoom"][event.button] || viewer.tool, event);
    event.preventDefault();
    pane.root.focus({ preventScroll: true });
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    pane.point(at);
    if (!down.has(event.pointerId) || !drag) return;
    down.set(event.pointerId, at);
    drag.move(at, event);
  });
  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (!down.size) {
      drag?.end?.(place(event));
      drag = null;
    } else if (drag?.isPinch) drag = { move() {} };
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => pane.point(null));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    viewer.activate(pane);
    if (event.ctrlKey || pane.stack?.length < 2) pane.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, place(event));
    else pane.go(pane.index + Math.sign(event.deltaY));
  }, { passive: false });
  canvas.addEventListener("dblclick", () => {
    if (!N_POINTS[viewer.tool] && pane.frame) pane.fit();
  });
}

function begun(pane, viewer, from, tool, event) {
  if (N_POINTS[tool]) return measuring(pane, viewer, from, tool, event);
  const start = { view: { ...pane.view, pan: [...pane.view.pan] }, window: { ...pane.window }, index: pane.index };
  const moves = {
    scroll: ([, y]) => pane.go(start.index + Math.round((y - from[1]) / Math.max(3, 240 / pane.stack.length))),
    window: ([x, y]) => pane.setWindow(dragged(start.window, x - from[0], y - from[1], pane.frame)),
    pan: ([x, y]) => pane.setView({ pan: [start.view.pan[0] + x - from[0], start.view.pan[1] + y - from[1]] }),
    zoom: ([, y]) => pane.zoom((start.view.scale * 1.01 ** (from[1] - y)) / pane.view.scale, from),
  };
  return { move: moves[tool] };
}

/** Right: wider; down: darker.  A step follows the range of the picture, so that CT and X-ray feel alike. */
export function dragged(window, dx, dy, frame) {
  const step = Math.max((frame.high - frame.low) / 1024, 0.01);
  const width = Math.max(window.width + dx * Math.min(step, Math.max(window.width / 100, 0.01)) , 1);
  return { ...window, table: false, width, center: window.center + dy * Math.min(step, Math.max(window.width / 100, 0.01)) };
}

function pinch(pane, down, before) {
  before?.cancel?.();
  let [a, b] = [...down.values()];
  return {
    isPinch: true,
    move() {
      const [c, d] = [...down.values()];
      if (!d) return;
      const middle = (p, q) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
      const [was, is] = [middle(a, b), middle(c, d)];
      pane.setView({ pan: [pane.view.pan[0] + is[0] - was[0], pane.view.pan[1] + is[1] - was[1]] });
      pane.zoom(Math.hypot(c[0] - d[0], c[1] - d[1]) / (Math.hypot(a[0] - b[0], a[1] - b[1]) || 1), is);
      [a, b] = [c, d];
    },
  };
}

/** A measure grows while it is dragged, or from press to press; a point of one that is there is moved. */
function measuring(pane, viewer, from, kind) {
  const own = pane.ownMeasures;
  const held = gripped(own, pane.matrix, from);
  if (held && !pane.growing) {
    pane.chosen = held.measure;
    return { move: (at) => move(pane, held.measure, held.index, at), end: () => viewer.measured(pane) };
  }
  const point = toPicture(pane.matrix, from);
  const measure = pane.growing ?? { kind, points: [] };
  if (!pane.growing) own.push(measure);
  pane.chosen = measure;
  measure.points.push(point);
  const isMore = measure.points.length < N_POINTS[kind];
  pane.growing = isMore ? measure : null;
  const index = isMore ? measure.points.length : measure.points.length - 1;
  pane.render();
  let moved = false;
  return {
    move(at) {
      if (!moved && Math.hypot(at[0] - from[0], at[1] - from[1]) < 4) return;
      moved = true;
      move(pane, measure, index, at);
    },
    end() {
      pane.growing = measure.points.length < N_POINTS[kind] ? measure : null;
      viewer.measured(pane);
    },
    cancel() {
      own.splice(own.indexOf(measure), 1);
      pane.growing = null;
      pane.render();
    },
  };
}

function move(pane, measure, index, at) {
  measure.points[index] = toPicture(pane.matrix, at);
  pane.render();
}
