import assert from "node:assert/strict";
import test from "node:test";

import { isBeginning } from "../../static/js/scan.js";

test("a number begins with a digit that is pressed alone", () => {
  assert.ok(isBeginning({ key: "2" }));
  for (const other of [{ key: "j" }, { key: "Enter" }, { key: "2", ctrlKey: true }, { key: "2", altKey: true }, { key: "F2" }]) {
    assert.ok(!isBeginning(other));
  }
});
