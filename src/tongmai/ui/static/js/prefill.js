// Fills sex and birth from the number as it is typed; what somebody chose herself stays.

import { stated } from "./citizen-id.js";

export function bindPrefill(root) {
  root.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-prefill-person]");
    if (!form) return;
    if (!("citizenId" in event.target.dataset)) return void delete event.target.dataset.filled;
    const found = stated(event.target.value);
    if (!found) return;
    fill(form.elements.sex, found.sex);
    fill(form.elements.born_on, found.born);
  });
}

function fill(field, value) {
  if (!field || (field.value && !("filled" in field.dataset))) return;
  field.value = value;
  field.dataset.filled = "";
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
