// Dialogs that are opened and closed by buttons, and the question before a step that cannot be undone.

import { words } from "./words.js";

export function bindDialogs(root) {
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) return document.getElementById(opener.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) return event.target.closest("dialog")?.close();
    if (event.target.closest("[data-back]")) history.back();
  });
  root.addEventListener("submit", ask, true);
}

function ask(event) {
  const form = event.target;
  const asks = form.dataset.confirm || ("reason" in form.dataset && words("reason"));
  if (!asks || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = question(asks, "reason" in form.dataset);
  const submitter = event.submitter;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    const agreed = dialog.returnValue === "yes";
    const reason = dialog.querySelector("textarea")?.value.trim();
    dialog.remove();
    if (!agreed) return submitter?.focus();
    if (reason) setHidden(form, "reason", reason);
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  });
  dialog.showModal();
}

function question(text, wantsReason) {
  const dialog = document.createElement("dialog");
  dialog.className = "tm-dialog";
  const form = Object.assign(document.createElement("form"), { method: "dialog", className: "tm-dialog-body" });
  const said = Object.assign(document.createElement("p"), { textContent: text });
  form.append(said);
  if (wantsReason) {
    const box = Object.assign(document.createElement("textarea"), { className: "form-control", rows: 3, required: true, maxLength: 500 });
    box.setAttribute("aria-label", words("reason"));
    form.append(box);
  }
  const no = Object.assign(document.createElement("button"), { className: "btn", type: "button", textContent: words("cancel") });
  no.addEventListener("click", () => dialog.close("no"));
  const yes = Object.assign(document.createElement("button"), { className: "btn btn-primary", value: "yes", textContent: words("confirm") });
  const row = Object.assign(document.createElement("div"), { className: "tm-dialog-row" });
  row.append(no, yes);
  form.append(row);
  dialog.append(form);
  return dialog;
}

function setHidden(form, name, value) {
  let field = form.querySelector(`input[type=hidden][name="${name}"]`);
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.append(field);
  }
  field.value = value;
}
