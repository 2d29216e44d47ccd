// Before a session ends, the page says so and offers to stay.  The server is asked, because another tab may have gone on.

import { afterHearing, clock } from "./staying.js";
import { words } from "./words.js";

const POLL = { "X-Tongmai-Poll": "1" };
const RETRY_SECONDS = 20;
let timer = 0;
let ticking = 0;
let dialog = null;

export function startStay() {
  if (document.body.dataset.stay) hear(Number(document.body.dataset.stayLeft));
}

function hear(left) {
  const next = afterHearing(left, Number(document.body.dataset.stayWarning));
  clearTimeout(timer);
  if (next.does === "leave") return leave();
  if (next.does === "warn") warn(left);
  else close();
  timer = setTimeout(() => ask("GET"), next.again * 1000);
}

async function ask(method) {
  const headers = method === "GET" ? POLL : JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  try {
    const answer = await fetch(document.body.dataset.stay, { method, headers, cache: "no-store", credentials: "same-origin" });
    if (answer.redirected || answer.status === 401) return leave();
    if (!answer.ok) throw new Error(String(answer.status));
    hear((await answer.json()).left);
  } catch {
    timer = setTimeout(() => ask("GET"), RETRY_SECONDS * 1000); // a slow or broken link says nothing about the session
  }
}

/** The screen shows no patient to whoever comes next.  What was typed stays in this browser, see drafts.js. */
function leave() {
  close();
  location.assign(location.href.split("#")[0]);
}

function warn(left) {
  dialog ??= build();
  const ends = Date.now() + left * 1000;
  const place = dialog.querySelector("strong");
  clearInterval(ticking);
  const tick = () => (place.textContent = clock((ends - Date.now()) / 1000));
  tick();
  ticking = setInterval(tick, 1000);
  if (!dialog.open) dialog.showModal();
}

function build() {
  const made = Object.assign(document.createElement("dialog"), { className: "tm-dialog" });
  const body = Object.assign(document.createElement("div"), { className: "tm-dialog-body" });
  const said = Object.assign(document.createElement("p"), { id: "tm-leaving", textContent: words("leaving") + " " });
  said.append(document.createElement("strong"));
  made.setAttribute("role", "alertdialog");
  made.setAttribute("aria-labelledby", "tm-leaving");
  const row = Object.assign(document.createElement("div"), { className: "tm-dialog-row" });
  const away = Object.assign(document.createElement("button"), { className: "btn", type: "button", textContent: words("leave") });
  away.addEventListener("click", () => document.querySelector("[data-forget-drafts]")?.requestSubmit());
  const stay = Object.assign(document.createElement("button"), { className: "btn btn-primary", type: "button", textContent: words("stay"), autofocus: true });
  stay.addEventListener("click", () => ask("POST"));
  made.addEventListener("cancel", () => ask("POST")); // Escape: somebody is there
  row.append(away, stay);
  body.append(said, row);
  made.append(body);
  document.body.append(made);
  return made;
}

function close() {
  clearInterval(ticking);
  dialog?.close();
}
