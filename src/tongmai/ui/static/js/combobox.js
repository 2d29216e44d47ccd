// Which option is marked, after a key.  No DOM: the picker and the search box share it.

/** Return the next marked index (-1: none) and what else the key asks for. */
export function afterKey(key, marked, count) {
  switch (key) {
    case "ArrowDown":
      return { marked: count ? (marked + 1) % count : -1, does: "mark" };
    case "ArrowUp":
      return { marked: count ? (marked <= 0 ? count - 1 : marked - 1) : -1, does: "mark" };
    case "Enter":
      if (count === 0) return { marked, does: "nothing" };
      return { marked: marked < 0 ? 0 : marked, does: "choose" };
    case "Escape":
      return { marked: -1, does: "close" };
    default:
      return { marked, does: "nothing" };
  }
}

/** Whether this answer still belongs to what is in the box now. */
export function isCurrent(asked, typed) {
  return asked === typed.trim();
}
