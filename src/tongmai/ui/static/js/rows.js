// Lists by keyboard: j and k (or arrows, when a row has the focus) move, Enter opens.

import { afterMove } from "./moving.js";

export function bindRows(root) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const rows = [...document.querySelectorAll("[data-row]")];
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = afterMove(event.key, here, rows.length);
    if (next === null) return;
    event.preventDefault();
    focusable(rows[next]).focus();
  });
  root.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row][data-href]");
    if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
    location.assign(row.dataset.href);
  });
}

function focusable(row) {
  return row.querySelector("a, button") ?? row;
}
