// What changes while the page is open: counts in the left column, the list of what waits, relative times.

import { relative } from "./relative.js";

const EVERY_MS = 20_000;
// Says that the page asks of itself: it keeps nobody signed in.
const POLL = { "X-Tongmai-Poll": "1" };
let etag = "";

export function startCounts() {
  refreshCounts();
  setInterval(() => document.hidden || refreshCounts(), EVERY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || refreshCounts());
}

export async function refreshCounts() {
  const address = document.querySelector("[data-counts]")?.dataset.counts;
  if (!address) return;
  try {
    const answer = await fetch(address, { headers: { ...POLL, ...(etag && { "If-None-Match": etag }) }, cache: "no-store" });
    if (answer.status !== 200) return;
    etag = answer.headers.get("ETag") ?? "";
    showCounts(await answer.json());
  } catch {
    etag = ""; // a slow or broken link: the next round tries again
  }
}

let last = {};
export function showCounts(counts = last) {
  last = counts;
  for (const place of document.querySelectorAll("[data-count]")) {
    const n = counts[place.dataset.count];
    place.textContent = n ? (n > 99 ? "99+" : String(n)) : "";
  }
  for (const bar of document.querySelectorAll("[data-alarm]")) bar.hidden = !counts[bar.dataset.alarm];
}

/** htmx asks again and again; say which version is on the page, and do not pull a row from under the focus. */
export function bindLive(root) {
  root.addEventListener("htmx:configRequest", (event) => {
    const live = event.detail.elt;
    if (live.dataset.etag !== undefined) Object.assign(event.detail.headers, POLL);
    if (live.dataset.etag) event.detail.headers["If-None-Match"] = live.dataset.etag;
    if (live.dataset.clears !== undefined) event.detail.headers["X-Tongmai-In-Place"] = "true";
  });
  root.addEventListener("htmx:beforeRequest", (event) => {
    const live = event.detail.elt;
    if (live.dataset.etag !== undefined && (document.hidden || live.contains(document.activeElement))) event.preventDefault();
  });
  root.addEventListener("htmx:beforeOnLoad", (event) => {
    const { elt, xhr } = event.detail;
    if (elt.dataset.etag !== undefined && xhr.status === 200) elt.dataset.etag = xhr.getResponseHeader("ETag") ?? "";
    if (elt.dataset.clears === undefined || xhr.status !== 204) return;
    elt.closest("[data-row]")?.remove();
    refreshCounts();
  });
  root.addEventListener("tm:done", (event) => say(event.detail.message));
}

function say(message) {
  if (!message) return;
  const line = Object.assign(document.createElement("div"), { className: "tm-alert tm-tone-green", textContent: message });
  document.getElementById("tm-notices")?.replaceChildren(line);
}

export function startTimes() {
  setInterval(showTimes, 30_000);
}

export function showTimes() {
  for (const place of document.querySelectorAll("time[data-ago]")) {
    place.textContent = relative((Date.now() - Date.parse(place.dateTime)) / 1000, document.documentElement.lang);
  }
}
