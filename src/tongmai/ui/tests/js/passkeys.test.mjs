import assert from "node:assert/strict";
import test from "node:test";

import { answerOf, bytesOf, questionOf, textOf } from "../../static/js/passkeys.js";

test("bytes survive the way to text and back", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(bytesOf(textOf(bytes.buffer)), bytes);
  assert.match(textOf(bytes.buffer), /^[A-Za-z0-9_-]+$/);
});

test("a question has bytes where the browser wants them", () => {
  const question = questionOf({ challenge: "AQI", user: { id: "Aw", name: "n" }, excludeCredentials: [{ id: "BA", type: "public-key" }], timeout: 1 });
  assert.deepEqual([...question.challenge], [1, 2]);
  assert.deepEqual([...question.user.id], [3]);
  assert.deepEqual([...question.excludeCredentials[0].id], [4]);
  assert.equal(question.timeout, 1);
});

test("an answer is plain text, without what was not given", () => {
  const of = (...bytes) => Uint8Array.from(bytes).buffer;
  const answer = answerOf({ id: "x", rawId: of(1), type: "public-key", response: { clientDataJSON: of(2), signature: of(3), userHandle: null } });
  assert.deepEqual(answer, { id: "x", rawId: "AQ", type: "public-key", response: { clientDataJSON: "Ag", signature: "Aw" }, clientExtensionResults: {} });
});
