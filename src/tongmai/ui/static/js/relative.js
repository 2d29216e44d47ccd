// How long ago, in words; the same words as the server's.

const UNITS = [
  [86400, "天", ["day", "days"]],
  [3600, "小时", ["hour", "hours"]],
  [60, "分钟", ["minute", "minutes"]],
];

/** Return e.g. "5 分钟前"; `seconds` is positive for the past. */
export function relative(seconds, language) {
  const size = Math.abs(seconds);
  const chinese = language.startsWith("zh");
  if (size < 60) return chinese ? "刚刚" : "just now";
  const [unit, zh, en] = UNITS.find(([least]) => size >= least);
  const n = Math.floor(size / unit);
  const length = chinese ? `${n} ${zh}` : `${n} ${en[n === 1 ? 0 : 1]}`;
  if (chinese) return length + (seconds > 0 ? "前" : "后");
  return seconds > 0 ? `${length} ago` : `in ${length}`;
}
