// Drafts of forms: kept in the session's storage only, never beyond it, and gone once the form has been taken.

const PREFIX = "tm-draft:";
const OWNER = "tm-typed-by";
const SECRET = new Set(["password", "file", "hidden", "submit", "button"]);

/** The key of a form's draft: one per page and form, so that two residents' forms never share one. */
export function keyOf(path, name) {
  return `${PREFIX}${path}#${name}`;
}

/** Return the values worth keeping from `fields` ({name, type, value, checked}); null when nothing is filled in. */
export function taken(fields) {
  const kept = {};
  for (const field of fields) {
    if (!field.name || SECRET.has(field.type) || field.name === "csrfmiddlewaretoken") continue;
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) (kept[field.name] ??= []).push(field.value);
    } else if (field.value) {
      kept[field.name] = field.value;
    }
  }
  return Object.keys(kept).length ? kept : null;
}

/** What a field should become: {value} or {checked}; null leaves it alone. */
export function given(draft, field) {
  if (!field.name || SECRET.has(field.type) || !(field.name in draft)) return null;
  const kept = draft[field.name];
  if (field.type === "checkbox" || field.type === "radio") return { checked: [].concat(kept).includes(field.value) };
  return { value: String(kept) };
}

export function save(storage, key, values) {
  if (values) storage.setItem(key, JSON.stringify({ values }));
  else storage.removeItem(key);
}

export function load(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    storage.removeItem(key);
    return null;
  }
}

/** Remember that the draft was sent; it is dropped when an answer that took it is seen. */
export function markSent(storage, key) {
  const draft = load(storage, key);
  if (draft) storage.setItem(key, JSON.stringify({ ...draft, sent: true }));
}

/** What was sent was refused at the door (signed out, page too old): offer it again when its form is seen. */
export function notTaken(storage) {
  for (const key of keysOf(storage)) {
    const draft = load(storage, key);
    if (draft?.sent) save(storage, key, draft.values);
  }
}

/** Drop the drafts that were sent (`all`: every draft). */
export function forget(storage, all = false) {
  for (const key of keysOf(storage)) if (all || load(storage, key)?.sent) storage.removeItem(key);
}

/** Drafts belong to whoever typed them: another account on the same screen finds none. */
export function ownedBy(storage, user) {
  if (storage.getItem(OWNER) !== user) forget(storage, true);
  storage.setItem(OWNER, user);
}

function keysOf(storage) {
  return Array.from({ length: storage.length }, (_, i) => storage.key(i)).filter((key) => key.startsWith(PREFIX));
}
