// Lists by keyboard: j and k (or arrows, when a row has the focus) move, Enter opens.

import { afterMove } from "./moving.js";

export function bindRows(root) {
  nameCells(root);
  root.addEventListener("htmx:load", (event) => nameCells(event.target));
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

/** On a narrow screen a row is a small sheet: each cell but the first carries the name of its column. */
function nameCells(root) {
  for (const table of root.querySelectorAll(".tm-table:not(.tm-board)")) {
    const names = [...table.querySelectorAll("thead th")].map((head) => (head.firstChild?.textContent ?? "").trim());
    const rows = [...table.querySelectorAll("tbody > tr")];
    if (!names.length || rows.some((row) => row.cells.length !== names.length)) continue;
    for (const row of rows) for (const [place, cell] of [...row.cells].entries()) nameCell(cell, place ? names[place] : "");
    table.dataset.named = "";
  }
}

function nameCell(cell, name) {
  if (name) cell.dataset.name = name;
  if (["", "—"].includes(cell.textContent.trim()) && !cell.querySelector("input, button, img, svg, progress")) cell.dataset.blank = "";
}

function focusable(row) {
  return row.querySelector("a, button") ?? row;
}
