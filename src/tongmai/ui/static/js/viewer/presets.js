// Windows that doctors know by name, by modality.  Key 1 is the first.

const OF_CT = [
  ["soft", 40, 400], ["lung", -600, 1500], ["bone", 400, 1800], ["brain", 40, 80], ["abdomen", 60, 350],
  ["mediastinum", 50, 350], ["stroke", 35, 40], ["vessels", 200, 700],
];

/** The presets that fit a frame: those of the file, then those of CT or of the range, each {name, label, window}. */
export function presetsFor(modality, frame) {
  const own = frame.windows.map((window, i) => ({ name: "own", label: window.label || (frame.windows.length > 1 ? String(i + 1) : ""), window }));
  if (frame.voi_lut) own.unshift({ name: "own", label: "", window: { center: frame.voi_lut.first + frame.voi_lut.grey.length / 2, width: frame.voi_lut.grey.length, table: true } });
  if (frame.kind === "rgb8") return [{ name: "whole", label: "", window: { center: 127.5, width: 255, function: "linear_exact" } }];
  const range = Math.max(frame.high - frame.low, 1);
  const of = (name, share) => ({ name, label: "", window: { center: frame.low + range / 2, width: range * share, function: "linear" } });
  const known = modality === "CT" && frame.low < -200
    ? OF_CT.map(([name, center, width]) => ({ name, label: "", window: { center, width, function: "linear" } }))
    : [of("harder", 0.5), of("softer", 1.5)];
  return [...own, of("whole", 1), ...known];
}
