import assert from "node:assert/strict";
import test from "node:test";

import { stated } from "../../static/js/citizen-id.js";

test("a valid number states birth and sex", () => {
  assert.deepEqual(stated("11010519491231002X"), { born: "1949-12-31", sex: "female" });
  assert.deepEqual(stated(" 1101 0519 4912 3100 2x "), { born: "1949-12-31", sex: "female" });
});

test("an old number is read in its new form", () => {
  assert.deepEqual(stated("110105491231002"), { born: "1949-12-31", sex: "female" });
});

test("a wrong check digit, a day that does not exist and half a number state nothing", () => {
  for (const text of ["110105194912310021", "110105194902310020", "1101051949", "", "abc"]) assert.equal(stated(text), null);
});
