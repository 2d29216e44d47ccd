// Where a point of the picture lies on the screen and back; distances, angles and areas on the picture.
// A point is [x, y] in pixels of the picture, 0 at the left or upper edge of the first; the centre of pixel (c, r) is [c + .5, r + .5].

/** What is turned and moved: `scale` screen pixels for one column, `turn` in quarters, `pan` in screen pixels. */
export function freshView() {
  return { scale: 0, pan: [0, 0], turn: 0, flipH: false, flipV: false };
}

/** The scale at which a picture just fits. */
export function fitting(size, aspect, turn, box) {
  const [width, height] = turn % 2 ? [size[1] * aspect, size[0]] : [size[0], size[1] * aspect];
  return Math.min(box[0] / width, box[1] / height);
}

/** The matrix [a, b, c, d, e, f] from the picture to the screen, as a canvas takes it. */
export function matrix(view, size, aspect, box) {
  const sx = view.scale * (view.flipH ? -1 : 1);
  const sy = view.scale * aspect * (view.flipV ? -1 : 1);
  const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][((view.turn % 4) + 4) % 4];
  const [a, b, c, d] = [cos * sx, sin * sx, -sin * sy, cos * sy];
  const [x, y] = [size[0] / 2, size[1] / 2];
  return [a, b, c, d, box[0] / 2 + view.pan[0] - a * x - c * y, box[1] / 2 + view.pan[1] - b * x - d * y];
}

export function toScreen([a, b, c, d, e, f], [x, y]) {
  return [a * x + c * y + e, b * x + d * y + f];
}

export function toPicture([a, b, c, d, e, f], [x, y]) {
  const by = a * d - b * c;
  return [(d * (x - e) - c * (y - f)) / by, (a * (y - f) - b * (x - e)) / by];
}

/** How far one column and one row are apart there, and in which unit; a region of an ultrasound counts if it holds all points. */
export function spacingAt(frame, points) {
  const inside = (r) => points.every(([x, y]) => x >= r.left && x <= r.right && y >= r.top && y <= r.bottom);
  const region = frame.regions.find(inside);
  if (region) return { column: region.column, row: region.row, unit: "mm", kind: "region" };
  if (frame.regions.length || !frame.spacing) return { column: 1, row: frame.aspect, unit: "px", kind: "none" };
  return { column: frame.spacing.column, row: frame.spacing.row, unit: "mm", kind: frame.spacing.kind };
}

export function lengthOf(frame, [from, to]) {
  const at = spacingAt(frame, [from, to]);
  return { value: Math.hypot((to[0] - from[0]) * at.column, (to[1] - from[1]) * at.row), unit: at.unit, kind: at.kind };
}

/** The angle at the second of three points, in degrees of 0–180. */
export function angleOf(frame, points) {
  const at = spacingAt(frame, points);
  const arm = (p) => [(p[0] - points[1][0]) * at.column, (p[1] - points[1][1]) * at.row];
  const [u, v] = [arm(points[0]), arm(points[2])];
  const along = u[0] * v[0] + u[1] * v[1];
  return (Math.atan2(Math.abs(u[0] * v[1] - u[1] * v[0]), along) * 180) / Math.PI;
}

/** Mean, spread (of the sample), least, greatest and area of what lies in the ellipse or rectangle between two corners. */
export function regionOf(frame, [from, to], isEllipse) {
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  const [cx, cy, rx, ry] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2];
  let [n, mean, m2, low, high] = [0, 0, 0, Infinity, -Infinity];
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(frame.rows, Math.ceil(bottom)); row++) {
    for (let column = Math.max(0, Math.floor(left)); column < Math.min(frame.columns, Math.ceil(right)); column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      if (x < left || x > right || y < top || y > bottom) continue;
      if (isEllipse && ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 > 1) continue;
      const value = valueAt(frame, column, row);
      if (value === null) continue;
      n += 1;
      const step = value - mean;
      mean += step / n;
      m2 += step * (value - mean);
      [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  const at = spacingAt(frame, [from, to]);
  const area = (right - left) * at.column * (bottom - top) * at.row * (isEllipse ? Math.PI / 4 : 1);
  return { n, mean, sd: n > 1 ? Math.sqrt(m2 / (n - 1)) : 0, low, high, area, unit: at.unit, kind: at.kind };
}

/** The modality value of a pixel (of colours their brightness); null beside the picture and on its padding. */
export function valueAt(frame, column, row) {
  if (column < 0 || row < 0 || column >= frame.columns || row >= frame.rows) return null;
  const at = row * frame.columns + column;
  if (frame.kind === "rgb8") {
    const [r, g, b] = frame.values.subarray(at * 3, at * 3 + 3);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  }
  const stored = frame.values[at];
  if (frame.padding && stored >= frame.padding[0] && stored <= frame.padding[1]) return null;
  return stored * frame.slope + frame.intercept;
}

/** Which side of the patient lies at the left, top, right and lower edge of the screen. */
export function edges(frame, view) {
  const [right, down] = sides(frame);
  if (!right || !down) return null;
  let [l, t, r, b] = [opposite(right), opposite(down), right, down];
  if (view.flipH) [l, r] = [r, l];
  if (view.flipV) [t, b] = [b, t];
  for (let i = 0; i < ((view.turn % 4) + 4) % 4; i++) [l, t, r, b] = [b, l, t, r];
  return { left: l, top: t, right: r, bottom: b };
}

function sides(frame) {
  if (frame.orientation.length === 6) return [letters(frame.orientation.slice(0, 3)), letters(frame.orientation.slice(3))];
  return frame.sides ?? [null, null];
}

/** The direction in letters, the strongest first, as DICOM and every film writes them. */
function letters(along) {
  const named = along.map((part, i) => [Math.abs(part), part > 0 ? "LPH"[i] : "RAF"[i]]);
  return named.filter(([size]) => size > 0.2).sort((a, b) => b[0] - a[0]).map(([, letter]) => letter).slice(0, 2).join("");
}

function opposite(said) {
  const other = { L: "R", R: "L", P: "A", A: "P", H: "F", F: "H" };
  return [...said].map((letter) => other[letter] ?? letter).join("");
}

/** How far a slice lies along the direction in which its stack is taken; null where the file does not say. */
export function depth(frame) {
  const { position: p, orientation: o } = frame;
  if (p.length !== 3 || o.length !== 6) return null;
  const normal = [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]];
  return normal.reduce((sum, part, i) => sum + part * p[i], 0);
}
