// The combobox: type, see what the server finds, choose with keys or pointer.

import { afterKey, isCurrent } from "./combobox.js";
import { words } from "./words.js";

const PAUSE_MS = 150;

/** Bind `box` to `list`; `ask(q)` answers with rows, `choose(row)` is told the choice. */
export function combobox(box, list, { ask, choose, cleared = () => {}, least = 1 }) {
  let marked = -1;
  let timer = 0;
  const rows = () => [...list.querySelectorAll("[role=option]")];

  const open = (isOpen) => {
    list.hidden = !isOpen;
    box.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) box.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    marked = index;
    rows().forEach((row, i) => {
      row.id ||= `${list.id}-${i}`;
      row.setAttribute("aria-selected", String(i === index));
      if (i !== index) return;
      box.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    });
  };
  const show = (html) => {
    list.innerHTML = html;
    list.querySelectorAll("li[data-value]").forEach((row) => row.setAttribute("role", "option"));
    if (!rows().length) list.replaceChildren(nothing());
    marked = -1;
    open(true);
  };
  const find = async () => {
    const asked = box.value.trim();
    if (asked.length < least) return open(false);
    try {
      const answer = await ask(asked);
      if (!isCurrent(asked, box.value) || document.activeElement !== box) return;
      if (answer.status !== 429) return show(answer.ok ? await answer.text() : "");
      list.replaceChildren(nothing("tooFast"));
      open(true);
    } catch {
      list.replaceChildren(nothing("failed"));
      open(true);
    }
  };
  const take = (row) => {
    open(false);
    choose(row);
  };

  box.addEventListener("input", () => {
    cleared();
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE_MS);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") find();
      return;
    }
    const next = afterKey(event.key, marked, rows().length);
    if (next.does === "nothing") return;
    event.preventDefault();
    if (next.does === "mark") mark(next.marked);
    else if (next.does === "choose") take(rows()[next.marked]);
    else open(false);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the box
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) take(row);
  });
  box.addEventListener("blur", () => open(false));
}

function nothing(word = "none") {
  return Object.assign(document.createElement("li"), { className: "tm-picker-none", textContent: words(word) });
}

function gets(address) {
  const joint = address.includes("?") ? "&" : "?";
  return (q) => fetch(`${address}${joint}q=${encodeURIComponent(q)}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
}

/** What is typed to find a person is posted: an address would be kept in histories and logs. */
function posts(address) {
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
  return (q) => fetch(address, { method: "POST", body: new URLSearchParams({ q }), headers, credentials: "same-origin" });
}

export function bindPickers(root) {
  for (const holder of root.querySelectorAll("[data-picker]:not([data-bound])")) {
    holder.dataset.bound = "";
    const value = holder.querySelector("[data-picker-value]");
    const box = holder.querySelector("[role=combobox]");
    combobox(box, holder.querySelector("[role=listbox]"), {
      ask: "pickerPeople" in holder.dataset ? posts(holder.dataset.picker) : gets(holder.dataset.picker),
      cleared: () => (value.value = ""),
      choose(row) {
        value.value = row.dataset.value;
        box.value = row.dataset.text ?? row.textContent.trim();
        value.dispatchEvent(new Event("change", { bubbles: true }));
      },
    });
  }
}

export function bindSearch(root) {
  const form = root.querySelector("[data-search]:not([data-bound])");
  if (!form) return;
  form.dataset.bound = "";
  const box = form.querySelector("[role=combobox]");
  combobox(box, form.querySelector("[role=listbox]"), {
    ask: posts(form.action),
    choose: (row) => location.assign(row.dataset.href),
  });
}
