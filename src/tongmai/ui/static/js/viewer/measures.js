// What is measured on a frame: its points, its words, its drawing.

import { angleOf, lengthOf, regionOf, toScreen, valueAt } from "./geometry.js";

export const N_POINTS = { length: 2, angle: 3, ellipse: 2, rectangle: 2, probe: 1 };
const GRIP = 12; // screen pixels within which a point can be taken

export function number(value, digits = 1) {
  return Number.isFinite(value) ? value.toFixed(digits) : "—";
}

/** The measure in words, e.g. “50.2 mm”. */
export function wordsOf(measure, frame, words) {
  const { kind, points } = measure;
  if (points.length < N_POINTS[kind]) return "";
  if (kind === "length") {
    const found = lengthOf(frame, points);
    return `${number(found.value)} ${found.unit}${found.kind === "projected" ? ` ${words.projected}` : ""}`;
  }
  if (kind === "angle") return `${number(angleOf(frame, points))}°`;
  const unit = unitOf(frame, words);
  if (kind === "probe") {
    const [column, row] = [Math.floor(points[0][0]), Math.floor(points[0][1])];
    const value = valueAt(frame, column, row);
    return value === null ? "—" : `${number(value, Number.isInteger(value) ? 0 : 1)} ${unit}`.trim();
  }
  const found = regionOf(frame, points, kind === "ellipse");
  if (!found.n) return "—";
  const area = found.unit === "mm" ? `${number(found.area)} mm²` : `${number(found.area, 0)} px²`;
  return `${words.mean} ${number(found.mean)} ${unit}`.trim() + `  SD ${number(found.sd)}  ${words.area} ${area}${found.kind === "projected" ? ` ${words.projected}` : ""}`;
}

export function unitOf(frame, words) {
  return frame.kind === "rgb8" ? words.grey : frame.unit;
}

/** The point of a measure near a place on the screen, as {measure, index}; the last drawn first. */
export function gripped(measures, matrix, at) {
  for (const measure of [...measures].reverse()) {
    for (const [index, point] of measure.points.entries()) {
      const [x, y] = toScreen(matrix, point);
      if (Math.hypot(x - at[0], y - at[1]) <= GRIP) return { measure, index };
    }
  }
  return null;
}

export function draw(context, measure, matrix, text, isChosen) {
  const at = measure.points.map((point) => toScreen(matrix, point));
  context.lineWidth = 1.5;
  for (const [colour, width] of [["rgba(0, 0, 0, .7)", 3.5], [isChosen ? "#ffd166" : "#5ee3a1", 1.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    trace(context, measure, matrix, at);
    context.stroke();
  }
  if (text) label(context, text, at[at.length - 1]);
}

function trace(context, { kind, points }, matrix, at) {
  for (const [x, y] of at) {
    context.moveTo(x + 3, y);
    context.arc(x, y, 3, 0, 2 * Math.PI);
  }
  if (kind === "length" || kind === "angle") at.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  if (points.length < 2) return;
  const [[x0, y0], [x1, y1]] = points;
  if (kind === "rectangle") {
    const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]].map((point) => toScreen(matrix, point));
    corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  }
  if (kind === "ellipse") {
    for (let i = 0; i <= 64; i++) {
      const angle = (i / 64) * 2 * Math.PI;
      const point = [(x0 + x1) / 2 + (Math.cos(angle) * (x1 - x0)) / 2, (y0 + y1) / 2 + (Math.sin(angle) * (y1 - y0)) / 2];
      const [x, y] = toScreen(matrix, point);
      i ? context.lineTo(x, y) : context.moveTo(x, y);
    }
  }
}

function label(context, text, [x, y]) {
  context.font = "13px sans-serif";
  const { width } = context.measureText(text);
  const left = Math.max(4, Math.min(x + 10, context.canvas.clientWidth - width - 10));
  context.fillStyle = "rgba(0, 0, 0, .72)";
  context.fillRect(left - 4, y + 6, width + 8, 19);
  context.fillStyle = "#5ee3a1";
  context.fillText(text, left, y + 20);
}
