// Where the focus goes in a list of rows, after a key; null when the key means nothing here.

export function afterMove(key, here, count) {
  if (!count) return null;
  const step = { j: 1, k: -1 }[key] ?? (here >= 0 ? { ArrowDown: 1, ArrowUp: -1 }[key] : undefined);
  if (step === undefined) return null;
  if (here < 0) return step > 0 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, here + step));
}
