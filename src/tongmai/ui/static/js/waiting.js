// A slow or broken link is said, not guessed: a line at the top while a page is under way, a notice when asking failed.

import { words } from "./words.js";

const PATIENCE_MS = 300; // what is quicker than this needs no sign

export function bindWaiting(root) {
  let sign;
  const begin = () => (sign ??= setTimeout(() => document.body.classList.add("tm-under-way"), PATIENCE_MS));
  const end = () => {
    clearTimeout(sign);
    sign = undefined;
    document.body.classList.remove("tm-under-way");
  };
  root.addEventListener("click", (event) => leavesHere(event) && begin());
  root.addEventListener("submit", (event) => !event.defaultPrevented && begin());
  root.addEventListener("htmx:beforeSend", (event) => event.detail.elt.dataset.etag === undefined && begin());
  root.addEventListener("htmx:afterRequest", (event) => {
    end();
    event.detail.xhr?.status ? unsay(root) : say(root, asksAgain(event.detail.elt));
  });
  addEventListener("pageshow", end);
  addEventListener("offline", () => say(root));
  addEventListener("online", () => unsay(root));
}

/** Whether a click leads to another page in this window. */
export function leavesHere(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  return !link.target && !link.hasAttribute("download") && link.origin === location.origin && link.pathname !== location.pathname;
}

/** How to ask again for what `asker` asked; undefined when it cannot be asked by hand. */
export function asksAgain(asker) {
  if (asker.dataset.etag !== undefined) return () => document.body.dispatchEvent(new CustomEvent("tm:changed", { bubbles: true }));
  if (!asker.hasAttribute("hx-boost")) return undefined;
  return () => (asker.requestSubmit ? asker.requestSubmit() : asker.click());
}

function say(root, again) {
  if (root.getElementById("tm-cut-off") && !again) return;
  unsay(root);
  const line = Object.assign(document.createElement("div"), { id: "tm-cut-off", className: "tm-alert tm-tone-red", textContent: words("failed") });
  line.setAttribute("role", "alert");
  if (again) line.append(" ", retry(again));
  root.getElementById("tm-main")?.prepend(line);
}

function retry(again) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: words("again") });
  button.addEventListener("click", again);
  return button;
}

function unsay(root) {
  root.getElementById("tm-cut-off")?.remove();
}
