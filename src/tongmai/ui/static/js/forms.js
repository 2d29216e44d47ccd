// Forms are sent once, and what was typed is not lost.

import * as drafts from "./drafts.js";
import { words } from "./words.js";

export function bindForms(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if ("forgetDrafts" in form.dataset) drafts.forget(sessionStorage, true);
    if (form.dataset.draft !== undefined) drafts.markSent(sessionStorage, keyOf(form));
    if (form.method === "post") sendOnce(form);
  });
  root.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.draft !== undefined) drafts.save(sessionStorage, keyOf(form), drafts.taken(form.elements));
  });
  addEventListener("pageshow", () => root.querySelectorAll("form").forEach(release));
  root.addEventListener("htmx:afterRequest", (event) => event.target.closest && release(event.target.closest("form")));
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
