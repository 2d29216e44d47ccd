import assert from "node:assert/strict";
import { test } from "node:test";
import { afterKey, isCurrent } from "../../static/js/combobox.js";

test("the arrows go round", () => {
  assert.deepEqual(afterKey("ArrowDown", -1, 3), { marked: 0, does: "mark" });
  assert.deepEqual(afterKey("ArrowDown", 2, 3), { marked: 0, does: "mark" });
  assert.deepEqual(afterKey("ArrowUp", 0, 3), { marked: 2, does: "mark" });
  assert.deepEqual(afterKey("ArrowUp", -1, 3), { marked: 2, does: "mark" });
});

test("an empty list marks nothing and lets Enter through", () => {
  assert.deepEqual(afterKey("ArrowDown", -1, 0), { marked: -1, does: "mark" });
  assert.equal(afterKey("Enter", -1, 0).does, "nothing");
});

test("Enter takes the marked row, or the first", () => {
  assert.deepEqual(afterKey("Enter", 1, 3), { marked: 1, does: "choose" });
  assert.deepEqual(afterKey("Enter", -1, 3), { marked: 0, does: "choose" });
});

test("Escape closes and letters do nothing", () => {
  assert.equal(afterKey("Escape", 1, 3).does, "close");
  assert.deepEqual(afterKey("z", 1, 3), { marked: 1, does: "nothing" });
});

test("an answer that comes late is not shown", () => {
  assert.ok(isCurrent("zxf", " zxf "));
  assert.ok(!isCurrent("zx", "zxf"));
});
