import assert from "node:assert/strict";
import test from "node:test";

import { afterHearing, clock } from "../../static/js/staying.js";

test("long before the end nothing is said, and the server is asked when the warning is due", () => {
  assert.deepEqual(afterHearing(900, 120), { does: "wait", again: 780 });
});

test("inside the warning the page says so and asks again soon", () => {
  assert.deepEqual(afterHearing(120, 120), { does: "warn", again: 10 });
  assert.deepEqual(afterHearing(3, 120), { does: "warn", again: 3 });
});

test("another tab that went on closes the warning", () => {
  assert.equal(afterHearing(121, 120).does, "wait");
});

test("at the end the page is left", () => {
  assert.equal(afterHearing(0, 120).does, "leave");
  assert.equal(afterHearing(-5, 120).does, "leave");
});

test("the time left is written as a clock", () => {
  assert.equal(clock(65), "1:05");
  assert.equal(clock(0.2), "0:01");
  assert.equal(clock(-3), "0:00");
});
