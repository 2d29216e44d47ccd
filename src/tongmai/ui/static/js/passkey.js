// A form whose answer comes from the browser's passkeys: the question stands on the form, the answer goes into it.

import { answerOf, questionOf } from "./passkeys.js";

export function bindPasskeys(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset?.passkey || form.querySelector("[data-passkey-answer]").value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    answer(form, event.submitter);
  }, true);
}

async function answer(form, submitter) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const publicKey = questionOf(JSON.parse(form.dataset.question));
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.querySelector("[data-passkey-answer]").value = JSON.stringify(answerOf(credential));
  } catch {
    failed.hidden = false; // taken back, timed out, or the browser has none
    return;
  }
  form.requestSubmit(submitter);
}
