// Between JSON and what the browser's passkeys want: base64url and bytes.  Old browsers cannot do this themselves.

export function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

export function textOf(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The server's question as `navigator.credentials` takes it. */
export function questionOf(json) {
  const question = { ...json, challenge: bytesOf(json.challenge) };
  if (json.user) question.user = { ...json.user, id: bytesOf(json.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (json[list]) question[list] = json[list].map((each) => ({ ...each, id: bytesOf(each.id) }));
  }
  return question;
}

/** The browser's answer as JSON. */
export function answerOf(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = textOf(credential.response[part]);
  }
  return { id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}
