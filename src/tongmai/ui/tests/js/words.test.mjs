import assert from "node:assert/strict";
import { test } from "node:test";
import { afterMove } from "../../static/js/moving.js";
import { relative } from "../../static/js/relative.js";

test("time is said in its largest whole unit, in both languages", () => {
  assert.equal(relative(20, "zh-CN"), "刚刚");
  assert.equal(relative(5 * 60, "zh-CN"), "5 分钟前");
  assert.equal(relative(-3 * 3600, "zh-CN"), "3 小时后");
  assert.equal(relative(86400, "en"), "1 day ago");
  assert.equal(relative(-2 * 86400, "en"), "in 2 days");
});

test("j and k move between rows and stop at the ends", () => {
  assert.equal(afterMove("j", -1, 3), 0);
  assert.equal(afterMove("k", -1, 3), 2);
  assert.equal(afterMove("j", 2, 3), 2);
  assert.equal(afterMove("k", 0, 3), 0);
});

test("arrows move only when a row has the focus; other keys never", () => {
  assert.equal(afterMove("ArrowDown", -1, 3), null);
  assert.equal(afterMove("ArrowDown", 0, 3), 1);
  assert.equal(afterMove("x", 0, 3), null);
  assert.equal(afterMove("j", 0, 0), null);
});
