// From stored values to what the screen shows: windows (DICOM PS3.3 C.11.2), tables, inversion.

export function modality(frame, stored) {
  return stored * frame.slope + frame.intercept;
}

export function isPadding(frame, stored) {
  return frame.padding !== null && stored >= frame.padding[0] && stored <= frame.padding[1];
}

/** The window in which a frame is first shown: its own, else its whole range. */
export function usualWindow(frame) {
  if (frame.voi_lut) return { center: frame.voi_lut.first + frame.voi_lut.grey.length / 2, width: frame.voi_lut.grey.length, table: true };
  if (frame.windows.length) return { ...frame.windows[0] };
  return wholeRange(frame);
}

export function wholeRange(frame) {
  const width = Math.max(frame.high - frame.low, 1);
  return { center: frame.low + width / 2, width, function: "linear" };
}

/** The grey (0–255) of a modality value. */
export function greyOf(value, window, table) {
  if (window.table && table) {
    const at = Math.min(Math.max(Math.round(value - table.first), 0), table.grey.length - 1);
    return table.grey[at];
  }
  let { center, width } = window;
  if (window.function === "sigmoid") return 255 / (1 + Math.exp((-4 * (value - center)) / Math.max(width, 1e-6)));
  if (window.function !== "linear_exact") [center, width] = [center - 0.5, width - 1];
  return Math.min(Math.max(((value - center) / Math.max(width, 1e-6) + 0.5) * 255, 0), 255);
}

/** A colour (ABGR, as a little-endian canvas wants it) for every stored value. */
export function lookup(frame, window, isInverted) {
  const isWide = frame.kind !== "u8";
  const table = new Uint32Array(isWide ? 65536 : 256);
  const inverted = isInverted !== frame.is_inverted;
  for (let i = 0; i < table.length; i++) {
    const stored = frame.kind === "i16" && i > 32767 ? i - 65536 : i;
    let grey = Math.round(greyOf(modality(frame, stored), window, frame.voi_lut));
    if (inverted) grey = 255 - grey;
    if (isPadding(frame, stored)) grey = 0;
    table[i] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  return table;
}

/** Fill the pixels of a canvas (Uint32Array of rows × columns). */
export function paint(frame, window, isInverted, pixels) {
  const { values } = frame;
  if (frame.kind === "rgb8") return paintColor(frame, window, isInverted, pixels);
  const table = lookup(frame, window, isInverted);
  const raw = frame.kind === "i16" ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values;
  for (let i = 0; i < raw.length; i++) pixels[i] = table[raw[i]];
}

/** Colours have brightness and contrast: the window of 0–255 that a doctor widens or shifts. */
function paintColor({ values }, window, isInverted, pixels) {
  const table = new Uint8Array(256);
  for (let i = 0; i < 256; i++) {
    const shown = Math.round(greyOf(i, { ...window, function: "linear_exact", table: false }));
    table[i] = isInverted ? 255 - shown : shown;
  }
  for (let i = 0, at = 0; i < pixels.length; i++, at += 3) {
    pixels[i] = 0xff000000 | (table[values[at + 2]] << 16) | (table[values[at + 1]] << 8) | table[values[at]];
  }
}
