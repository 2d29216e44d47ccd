// A button that may be pressed again only after some seconds counts them down; without scripts the server refuses.

export function startCountdowns(root) {
  for (const button of root.querySelectorAll("button[data-wait]")) countDown(button);
}

/** What the button says with `left` seconds to go; its own words when there are none. */
export function said(left, counting, own) {
  return left > 0 ? counting.replace("{n}", left) : own;
}

function countDown(button) {
  const own = button.textContent;
  const counting = button.dataset.waitWords;
  const until = Date.now() + 1000 * Number(button.dataset.wait);
  button.parentElement.querySelector(".tm-help")?.remove();
  delete button.dataset.wait;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.textContent = said(left, counting, own);
    button.disabled = left > 0;
    if (left > 0 && button.isConnected) setTimeout(tick, 250);
  };
  tick();
}
