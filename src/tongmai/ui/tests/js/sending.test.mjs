import assert from "node:assert/strict";
import { test } from "node:test";
import * as sending from "../../static/js/sending.js";

class Storage {
  #kept = new Map();
  getItem(key) { return this.#kept.get(key) ?? null; }
  setItem(key, value) { this.#kept.set(key, String(value)); }
  removeItem(key) { this.#kept.delete(key); }
}

test("a form that was not answered keeps its key, until an answer comes", () => {
  const storage = new Storage();
  sending.goesOut(storage, "/a#0", "k1");
  sending.goesOut(storage, "/b#0", "k2");
  assert.equal(sending.unanswered(storage, "/a#0"), "k1");
  sending.answered(storage, "/a#0");
  assert.equal(sending.unanswered(storage, "/a#0"), undefined);
  assert.equal(sending.unanswered(storage, "/b#0"), "k2");
  assert.ok(sending.isWaiting(storage));
  sending.answered(storage);
  assert.ok(!sending.isWaiting(storage));
});

test("what somebody else wrote into the storage does no harm", () => {
  const storage = new Storage();
  storage.setItem("tm-sent", "{");
  assert.equal(sending.unanswered(storage, "/a#0"), undefined);
  sending.goesOut(storage, "/a#0", "k1");
  assert.equal(sending.unanswered(storage, "/a#0"), "k1");
});

test("a fresh key is another each time and one that the server takes", () => {
  assert.match(sending.fresh(), /^[0-9a-f]{32}$/);
  assert.notEqual(sending.fresh(), sending.fresh());
});
