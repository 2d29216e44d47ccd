import assert from "node:assert/strict";
import { test } from "node:test";
import { asksAgain, leavesHere } from "../../static/js/waiting.js";

globalThis.location = { origin: "http://here", pathname: "/referrals/" };

function click(link, event = {}) {
  const element = { target: "", origin: "http://here", pathname: "/orgs/", hasAttribute: () => false, ...link };
  return { target: { closest: () => element }, button: 0, ...event };
}

test("a link to another page leaves this one", () => {
  assert.equal(leavesHere(click({})), true);
});

test("what opens elsewhere, is saved as a file or stays on the page does not", () => {
  assert.equal(leavesHere(click({ target: "_blank" })), false);
  assert.equal(leavesHere(click({ hasAttribute: () => true })), false);
  assert.equal(leavesHere(click({ pathname: "/referrals/" })), false);
  assert.equal(leavesHere(click({}, { ctrlKey: true })), false);
  assert.equal(leavesHere(click({}, { defaultPrevented: true })), false);
});

test("a click beside any link is nothing", () => {
  assert.equal(leavesHere({ target: { closest: () => null }, button: 0 }), false);
});

test("what asked for a list can ask again, what asks by itself is reminded, anything else cannot", () => {
  const asker = (more) => ({ dataset: {}, hasAttribute: (name) => name === "hx-boost", ...more });
  const asked = [];
  asksAgain(asker({ requestSubmit: () => asked.push("form") }))();
  asksAgain(asker({ click: () => asked.push("link") }))();
  assert.deepEqual(asked, ["form", "link"]);
  assert.equal(typeof asksAgain(asker({ dataset: { etag: "" } })), "function");
  assert.equal(asksAgain(asker({ hasAttribute: () => false })), undefined);
});
