import assert from "node:assert/strict";
import test from "node:test";

import { letterOf } from "../../static/js/keys.js";

test("Alt and a letter, nothing beside", () => {
  assert.equal(letterOf({ key: "N", altKey: true }), "n");
  for (const other of [{ key: "n" }, { key: "n", altKey: true, ctrlKey: true }, { key: "F4", altKey: true }, { key: "n", altKey: true, defaultPrevented: true }]) {
    assert.equal(letterOf(other), "");
  }
});
