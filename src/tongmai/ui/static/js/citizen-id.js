// What a citizen's number states (GB 11643).  No DOM.  The server checks again and decides.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";

/** Return {born: "YYYY-MM-DD", sex: "male" | "female"} for a number that passes its checks; else null. */
export function stated(text) {
  const number = text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
  const full = /^[0-9]{15}$/.test(number) ? upgraded(number) : number;
  if (!/^[0-9]{17}[0-9X]$/.test(full) || check(full.slice(0, 17)) !== full[17]) return null;
  const born = `${full.slice(6, 10)}-${full.slice(10, 12)}-${full.slice(12, 14)}`;
  return isDay(born) ? { born, sex: Number(full[16]) % 2 ? "male" : "female" } : null;
}

// 996–999 were kept for those born in the nineteenth century.
function upgraded(number) {
  const body = number.slice(0, 6) + (/99[6-9]$/.test(number) ? "18" : "19") + number.slice(6);
  return body + check(body);
}

function check(body) {
  return CHECKS[WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(body[i]), 0) % 11];
}

function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
