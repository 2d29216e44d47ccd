// The print button: the browser prints the page as the style sheet for paper has it.

export function bindPrints(root) {
  root.addEventListener("click", (event) => event.target.closest("[data-prints]") && print());
}

export function showPrints(root) {
  for (const button of root.querySelectorAll("[data-prints]")) button.hidden = false;
}
