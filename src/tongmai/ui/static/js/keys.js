// Alt and a letter do what the element with that accesskey does, in every browser alike; a list only gets the focus.

export function bindKeys(root) {
  root.addEventListener("keydown", (event) => {
    const letter = letterOf(event);
    if (!letter || document.querySelector("dialog[open]")) return;
    const found = document.querySelector(`[accesskey="${letter}"]`);
    if (!found) return;
    event.preventDefault();
    found.focus();
    if (found.matches("a, button")) found.click();
  });
}

/** The letter that was pressed with Alt alone; "" for anything else, and where the browser has acted on it already. */
export function letterOf({ key, altKey, ctrlKey, metaKey, defaultPrevented }) {
  return altKey && !ctrlKey && !metaKey && !defaultPrevented && /^[a-z]$/i.test(key) ? key.toLowerCase() : "";
}
