// What to do about the end of a session, from how many seconds are left.  Deciding only; stay.js acts.

/** {does: "wait" | "warn" | "leave", again: after how many seconds to ask the server once more} */
export function afterHearing(left, warning) {
  if (left <= 0) return { does: "leave", again: 0 };
  if (left > warning) return { does: "wait", again: left - warning };
  // Another tab may have gone on, so the server is asked again, soon before the end at the latest.
  return { does: "warn", again: Math.min(left, 10) };
}

/** How the time that is left is written: 1:05. */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
