// The few words that scripts need; the page gives them in its language.

export function words(name) {
  const key = "word" + name[0].toUpperCase() + name.slice(1);
  return document.body.dataset[key] ?? "";
}
