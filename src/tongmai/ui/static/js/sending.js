// Under which key a form is sent.  The server carries out each key once (ui/once.py): a form that was sent and not
// answered, because the line broke, is sent again under the key of the first time, on a page opened anew as well.

const KEPT = "tm-sent";

function load(storage) {
  try {
    return JSON.parse(storage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

/** Remember that the form at `place` goes out under `key`. */
export function goesOut(storage, place, key) {
  storage.setItem(KEPT, JSON.stringify({ ...load(storage), [place]: key }));
}

/** The key under which the form at `place` went out and was not answered; undefined when there is none. */
export function unanswered(storage, place) {
  return load(storage)[place];
}

export function isWaiting(storage) {
  return Object.keys(load(storage)).length > 0;
}

/** An answer came: to the form at `place`, or to whatever was sent. */
export function answered(storage, place) {
  const { [place]: _, ...others } = load(storage);
  if (place === undefined || !Object.keys(others).length) storage.removeItem(KEPT);
  else storage.setItem(KEPT, JSON.stringify(others));
}

/** A key that nobody has used: for a page that the browser kept as it was, after its form was carried out. */
export function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
