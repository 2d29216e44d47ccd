import assert from "node:assert/strict";
import { test } from "node:test";
import { around, Kept } from "../../static/js/viewer/frames.js";
import { angleOf, edges, fitting, freshView, lengthOf, matrix, regionOf, spacingAt, toPicture, toScreen } from "../../static/js/viewer/geometry.js";
import { greyOf, lookup, usualWindow } from "../../static/js/viewer/greying.js";
import { meaning } from "../../static/js/viewer/keys.js";
import { wordsOf } from "../../static/js/viewer/measures.js";
import { presetsFor } from "../../static/js/viewer/presets.js";
import { unpack } from "../../static/js/viewer/unpacking.js";

const frame = (given = {}) => ({
  kind: "i16", rows: 10, columns: 20, slope: 1, intercept: -1024, padding: null, is_inverted: false, windows: [], voi_lut: null,
  regions: [], spacing: { row: 0.5, column: 0.25, kind: "patient" }, aspect: 2, low: 0, high: 100, orientation: [], position: [], sides: null, unit: "HU",
  values: Int16Array.from({ length: 200 }, (_, i) => (i % 20 < 10 ? 1024 : 1124)), ...given,
});
const words = { mean: "均值", area: "面积", projected: "投影", grey: "灰度" };

function packed(kind, rows, columns, bytes) {
  let head = JSON.stringify({ kind, rows, columns });
  head += " ".repeat((4 - (head.length % 4)) % 4);
  const body = new Uint8Array(4 + head.length + bytes.length);
  new DataView(body.buffer).setUint32(0, head.length, true);
  body.set(new TextEncoder().encode(head), 4);
  body.set(bytes, 4 + head.length);
  return body.buffer;
}

test("a packed frame comes back as it was, of every kind", () => {
  // 5, 3, 260 as differences 5, -2, 257, folded to 10, 3, 514.
  assert.deepEqual([...unpack(packed("u16", 1, 3, [10, 3, 2, 0, 0, 2])).values], [5, 3, 260]);
  // -1, 1: differences -1, 2, folded to 1, 4.
  assert.deepEqual([...unpack(packed("i16", 1, 2, [1, 4, 0, 0])).values], [-1, 1]);
  assert.deepEqual([...unpack(packed("u8", 1, 3, [250, 10, 255])).values], [250, 4, 3]);
  assert.deepEqual([...unpack(packed("rgb8", 1, 2, [1, 2, 3, 255, 0, 1])).values], [1, 2, 3, 0, 2, 4]);
  assert.throws(() => unpack(packed("u16", 1, 3, [1, 2])));
});

test("a length follows the spacing of rows and columns, and is pixels where there is none", () => {
  assert.equal(lengthOf(frame(), [[0, 0], [12, 8]]).value, 5);
  const none = lengthOf(frame({ spacing: null, aspect: 1 }), [[0, 0], [3, 4]]);
  assert.deepEqual([none.value, none.unit], [5, "px"]);
});

test("a length on an X-ray says that it is projected", () => {
  const film = frame({ spacing: { row: 1, column: 1, kind: "projected" } });
  assert.match(wordsOf({ kind: "length", points: [[0, 0], [3, 4]] }, film, words), /^5\.0 mm 投影$/);
});

test("a region of an ultrasound counts only where it holds all points", () => {
  const echo = frame({ regions: [{ left: 0, top: 0, right: 10, bottom: 10, column: 0.2, row: 0.2 }] });
  assert.equal(spacingAt(echo, [[1, 1], [9, 9]]).unit, "mm");
  assert.equal(spacingAt(echo, [[1, 1], [15, 9]]).unit, "px");
});

test("an angle is measured in the body, not on the grid", () => {
  assert.equal(Math.round(angleOf(frame({ spacing: null, aspect: 1 }), [[1, 0], [0, 0], [0, 1]])), 90);
  assert.equal(Math.round(angleOf(frame(), [[4, 0], [0, 0], [4, 2]])), 45);
});

test("a region has the mean, spread and area of its pixels", () => {
  const left = regionOf(frame(), [[0, 0], [10, 10]], false);
  assert.deepEqual([left.n, left.mean, left.sd, left.area], [100, 0, 0, 12.5]);
  const both = regionOf(frame(), [[20, 10], [0, 0]], false);
  assert.deepEqual([both.n, Math.round(both.mean), both.low, both.high], [200, 50, 0, 100]);
  assert.equal(both.sd.toFixed(2), "50.13");
  const padded = regionOf(frame({ padding: [1124, 1124] }), [[0, 0], [20, 10]], false);
  assert.deepEqual([padded.n, padded.mean], [100, 0]);
  assert.equal(regionOf(frame(), [[30, 30], [40, 40]], true).n, 0);
});

test("an ellipse leaves its corners out", () => {
  const found = regionOf(frame(), [[0, 0], [10, 10]], true);
  assert.ok(found.n < 100 && found.n > 70);
  assert.equal(found.area.toFixed(2), (12.5 * Math.PI / 4).toFixed(2));
});

test("turned and flipped, a point of the picture comes back from the screen", () => {
  for (const turn of [0, 1, 2, 3]) {
    for (const [flipH, flipV] of [[false, false], [true, false], [false, true], [true, true]]) {
      const view = { ...freshView(), scale: 3, pan: [7, -4], turn, flipH, flipV };
      const found = matrix(view, [20, 10], 2, [400, 300]);
      const [x, y] = toPicture(found, toScreen(found, [3.5, 8.25]));
      assert.ok(Math.abs(x - 3.5) < 1e-9 && Math.abs(y - 8.25) < 1e-9);
    }
  }
  assert.equal(fitting([20, 10], 2, 0, [400, 300]), 15);
  assert.equal(fitting([20, 10], 2, 1, [400, 300]), 15);
});

test("the sides of the body turn with the picture", () => {
  const axial = frame({ orientation: [1, 0, 0, 0, 1, 0] });
  assert.deepEqual(edges(axial, freshView()), { left: "R", top: "A", right: "L", bottom: "P" });
  assert.deepEqual(edges(axial, { ...freshView(), flipH: true }), { left: "L", top: "A", right: "R", bottom: "P" });
  assert.deepEqual(edges(axial, { ...freshView(), turn: 1 }), { left: "P", top: "R", right: "A", bottom: "L" });
  assert.deepEqual(edges(frame({ sides: ["L", "F"] }), freshView()), { left: "R", top: "H", right: "L", bottom: "F" });
  assert.equal(edges(frame(), freshView()), null);
});

test("a window makes grey as the standard says", () => {
  const window = { center: 40, width: 400, function: "linear" };
  assert.equal(greyOf(-160.5, window), 0);
  assert.equal(greyOf(240, window), 255);
  assert.equal(Math.round(greyOf(39.5, window)), 128);
  assert.equal(Math.round(greyOf(50, { center: 50, width: 10, function: "sigmoid" })), 128);
});

test("MONOCHROME1 is inverted, padding stays black", () => {
  const window = { center: 50, width: 100, function: "linear_exact" };
  const table = lookup(frame({ kind: "u8", intercept: 0, is_inverted: true, padding: [200, 255] }), window, false);
  assert.equal(table[0] & 255, 255);
  assert.equal(table[100] & 255, 0);
  assert.equal(table[220] & 255, 0);
});

test("a picture without a window is shown in its range; a CT has its presets", () => {
  assert.deepEqual(usualWindow(frame({ low: 10, high: 30 })), { center: 20, width: 20, function: "linear" });
  const names = presetsFor("CT", frame({ low: -1024, high: 3000, windows: [{ center: 40, width: 400, function: "linear", label: "" }] })).map((each) => each.name);
  assert.deepEqual(names.slice(0, 5), ["own", "whole", "soft", "lung", "bone"]);
  assert.ok(!presetsFor("DX", frame()).some((each) => each.name === "lung"));
});

test("what is kept stays below its size, the last used longest", () => {
  const kept = new Kept(20);
  const of = () => ({ values: new Uint8Array(8) });
  kept.put("a", of());
  kept.put("b", of());
  kept.get("a");
  kept.put("c", of());
  assert.deepEqual([...kept.frames.keys()], ["a", "c"]);
  assert.equal(kept.bytes, 16);
});

test("neighbours are fetched ahead of the way one goes", () => {
  assert.deepEqual(around(5, 100, 1, 3, 1), [5, 6, 7, 8, 4]);
  assert.deepEqual(around(0, 3, -1, 3, 2), [0, 1, 2]);
});

test("keys mean tools, steps and presets", () => {
  assert.deepEqual(meaning("L", "window"), { tool: "length" });
  assert.deepEqual(meaning("3", "window"), { preset: 2 });
  assert.deepEqual(meaning("PageDown", "window"), { go: 1 });
  assert.deepEqual(meaning("ArrowUp", "length", true), { arrow: [0, -10] });
  assert.deepEqual(meaning("Enter", "length"), { place: true });
  assert.equal(meaning("Enter", "window"), null);
});
