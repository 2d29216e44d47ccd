// A list that is filtered, sorted or turned over is asked for in place: while the answer is on its way the page says so
// and takes no second press, and when none comes, what was shown and chosen stays, with a way to ask again.

import htmx from "htmx.org";

const ASKS = ["form[method=get]", "form[role=search]", ".tm-chips a", ".tm-pager a", "a.tm-sort"];
const IN_PLACE = {
  "hx-boost": "true",
  "hx-target": "#tm-main",
  "hx-select": "#tm-main",
  "hx-swap": "outerHTML show:window:top",
  "hx-sync": "this:drop",
};

export function bindAsking(root) {
  root.addEventListener("htmx:pushedIntoHistory", ({ detail }) => {
    for (const field of root.querySelectorAll(".tm-language [name=next]")) field.value = detail.path;
  });
}

/** Let what asks for another part of a list do so in place.  Without scripts it leads to the same page. */
export function askInPlace() {
  for (const asker of document.querySelectorAll(ASKS.map((each) => `#tm-main ${each}`))) {
    if (asker.hasAttribute("hx-boost") || !staysHere(asker)) continue;
    for (const [name, value] of Object.entries(IN_PLACE)) asker.setAttribute(name, value);
    htmx.process(asker);
  }
}

/** What leads to another page leaves this one. */
function staysHere(asker) {
  return new URL(asker.getAttribute("action") ?? asker.getAttribute("href") ?? "", location).pathname === location.pathname;
}
