import assert from "node:assert/strict";
import { test } from "node:test";
import * as drafts from "../../static/js/drafts.js";

class Storage {
  #kept = new Map();
  get length() { return this.#kept.size; }
  key(i) { return [...this.#kept.keys()][i] ?? null; }
  getItem(key) { return this.#kept.get(key) ?? null; }
  setItem(key, value) { this.#kept.set(key, String(value)); }
  removeItem(key) { this.#kept.delete(key); }
}

const KEY = drafts.keyOf("/referrals/new/", "referral");

test("what was typed is kept; secrets and tokens are not", () => {
  const kept = drafts.taken([
    { name: "reason", type: "textarea", value: "胸痛" },
    { name: "side", type: "radio", value: "up", checked: true },
    { name: "side", type: "radio", value: "down", checked: false },
    { name: "password", type: "password", value: "x" },
    { name: "csrfmiddlewaretoken", type: "hidden", value: "y" },
    { name: "", type: "text", value: "z" },
  ]);
  assert.deepEqual(kept, { reason: "胸痛", side: ["up"] });
});

test("an untouched form keeps nothing", () => {
  assert.equal(drafts.taken([{ name: "reason", type: "text", value: "" }]), null);
});

test("a draft fills its fields and leaves others alone", () => {
  const draft = { reason: "胸痛", side: ["up"] };
  assert.deepEqual(drafts.given(draft, { name: "reason", type: "textarea" }), { value: "胸痛" });
  assert.deepEqual(drafts.given(draft, { name: "side", type: "radio", value: "down" }), { checked: false });
  assert.equal(drafts.given(draft, { name: "other", type: "text" }), null);
  assert.equal(drafts.given({ password: "x" }, { name: "password", type: "password" }), null);
});

test("a draft that was sent is forgotten once the answer is seen, others stay", () => {
  const storage = new Storage();
  const other = drafts.keyOf("/residents/new/", "resident");
  drafts.save(storage, KEY, { reason: "胸痛" });
  drafts.save(storage, other, { name: "示例甲" });
  drafts.markSent(storage, KEY);
  drafts.forget(storage);
  assert.equal(drafts.load(storage, KEY), null);
  assert.deepEqual(drafts.load(storage, other).values, { name: "示例甲" });
});

test("a draft that was refused at the door is offered again", () => {
  const storage = new Storage();
  drafts.save(storage, KEY, { reason: "胸痛" });
  drafts.markSent(storage, KEY);
  drafts.notTaken(storage);
  drafts.forget(storage);
  assert.deepEqual(drafts.load(storage, KEY), { values: { reason: "胸痛" } });
});

test("signing out forgets every draft and nothing else", () => {
  const storage = new Storage();
  drafts.save(storage, KEY, { reason: "胸痛" });
  storage.setItem("other", "1");
  drafts.forget(storage, true);
  assert.equal(storage.length, 1);
});

test("a broken draft is dropped", () => {
  const storage = new Storage();
  storage.setItem(KEY, "{");
  assert.equal(drafts.load(storage, KEY), null);
  assert.equal(storage.length, 0);
});

test("another account on the same screen finds no drafts, the same one does", () => {
  const storage = new Storage();
  drafts.ownedBy(storage, "anna");
  drafts.save(storage, "tm-draft:/a#b", { x: "1" });
  drafts.ownedBy(storage, "anna");
  assert.ok(drafts.load(storage, "tm-draft:/a#b"));
  drafts.ownedBy(storage, "berta");
  assert.equal(drafts.load(storage, "tm-draft:/a#b"), null);
});
