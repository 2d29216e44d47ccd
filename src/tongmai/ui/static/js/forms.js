// Forms are sent once, and what was typed is not lost.

import * as drafts from "./drafts.js";
import * as sending from "./sending.js";
import { words } from "./words.js";

export function bindForms(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if ("forgetDrafts" in form.dataset) drafts.forget(sessionStorage, true);
    if (form.dataset.draft !== undefined) drafts.markSent(sessionStorage, keyOf(form));
    if (keyField(form)) sending.goesOut(sessionStorage, (form.dataset.place = placeOf(form)), keyField(form).value);
    if (form.method === "post" || form.hasAttribute("hx-boost")) sendOnce(form);
  });
  root.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.draft !== undefined) drafts.save(sessionStorage, keyOf(form), drafts.taken(form.elements));
  });
  addEventListener("pageshow", (event) => {
    root.querySelectorAll("form").forEach(release);
    if (event.persisted) withKeys(root, (field, form) => sending.unanswered(sessionStorage, placeOf(form)) ?? sending.fresh());
  });
  root.addEventListener("htmx:afterRequest", (event) => {
    const sent = event.detail.elt?.closest?.("form"); // which the answer may have taken off the page
    if (sent?.dataset.place && event.detail.successful) sending.answered(sessionStorage, sent.dataset.place);
    release(event.target.closest?.("form"));
  });
}

/** Somebody who came back because no answer came finds what she typed, under the key of the first time. */
export function resumeSending(root) {
  if (root.querySelector(".tm-failure:not([data-settled]), .tm-door")) return;
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return sending.answered(sessionStorage);
  if (!sending.isWaiting(sessionStorage)) return;
  drafts.notTaken(sessionStorage);
  withKeys(root, (field, form) => sending.unanswered(sessionStorage, placeOf(form)) ?? field.value);
}

export function restoreDrafts(root) {
  if (document.querySelector(".tm-failure, .tm-door")) return drafts.notTaken(sessionStorage);
  if (document.body.dataset.user) drafts.ownedBy(sessionStorage, document.body.dataset.user);
  for (const form of root.querySelectorAll("form[data-draft]")) {
    const key = keyOf(form);
    const draft = drafts.load(sessionStorage, key);
    if (!draft || draft.sent || form.querySelector(".tm-field-wrong")) continue;
    fill(form, draft.values);
    form.prepend(offer(form, key));
  }
  drafts.forget(sessionStorage);
}

function fill(form, values) {
  for (const field of form.elements) {
    const change = drafts.given(values, field);
    if (change) Object.assign(field, change);
  }
}

function offer(form, key) {
  const line = Object.assign(document.createElement("p"), { className: "tm-draft", textContent: words("unsaved") + " " });
  const discard = Object.assign(document.createElement("button"), { type: "button", className: "tm-quiet", textContent: words("discard") });
  discard.addEventListener("click", () => {
    sessionStorage.removeItem(key);
    form.reset();
    line.remove();
  });
  line.append(discard);
  return line;
}

function keyOf(form) {
  return drafts.keyOf(location.pathname, form.dataset.draft);
}

function keyField(form) {
  return form.querySelector("input[type=hidden][name=once]");
}

function withKeys(root, keyFor) {
  for (const form of root.querySelectorAll("form")) {
    const field = keyField(form);
    if (field) field.value = keyFor(field, form);
  }
}

/** Where a form stands: its address, and which it is of the forms with that address. */
function placeOf(form) {
  const address = (each) => each.getAttribute("action") || location.pathname + location.search;
  const alike = [...document.querySelectorAll("form")].filter((each) => address(each) === address(form));
  return `${address(form)}#${alike.indexOf(form)}`;
}

function sendOnce(form) {
  form.setAttribute("aria-busy", "true");
  // After the event, or the button's own name would not be sent.
  setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => (button.disabled = true)));
}

function release(form) {
  if (!form?.hasAttribute("aria-busy")) return;
  form.removeAttribute("aria-busy");
  form.querySelectorAll("button[disabled]").forEach((button) => (button.disabled = false));
}
