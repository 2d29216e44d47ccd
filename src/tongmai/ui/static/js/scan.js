// A plain scanner types a number and Enter: where no field has the focus, the box for it takes what comes.

export function bindScan(root) {
  root.addEventListener("keydown", (event) => {
    const box = document.querySelector("[data-scan]");
    if (!box || !isBeginning(event) || event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    box.value = "";
    box.focus(); // and the key goes where the focus now is
  });
}

/** Every number of an order begins with its year, so that letters stay free for moving about. */
export function isBeginning({ key, ctrlKey, metaKey, altKey }) {
  return /^[0-9]$/.test(key) && !ctrlKey && !metaKey && !altKey;
}
