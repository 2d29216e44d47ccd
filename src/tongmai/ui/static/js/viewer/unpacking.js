// The body of one frame (commons/imaging/pixels/packing.py) as what it says and its stored values.

const ARRAYS = { u8: Uint8Array, rgb8: Uint8Array, u16: Uint16Array, i16: Int16Array };

export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)).trimEnd());
  const body = new Uint8Array(buffer, 4 + length);
  const values = new ARRAYS[head.kind](head.rows * head.columns * (head.kind === "rgb8" ? 3 : 1));
  const step = { u8: 1, rgb8: 3 }[head.kind];
  if (body.length !== values.length * (step ? 1 : 2)) throw new Error("frame is not whole");
  if (step) undoBytes(body, values, step);
  else undoWords(body, values);
  return { ...head, values };
}

function undoBytes(body, values, step) {
  for (let i = 0; i < step; i++) values[i] = body[i];
  for (let i = step; i < body.length; i++) values[i] = (values[i - step] + body[i]) & 255;
}

function undoWords(body, values) {
  const n = values.length;
  // The first pixel is the difference to nothing.
  let last = 0;
  for (let i = 0; i < n; i++) {
    const folded = body[i] | (body[n + i] << 8);
    last = (last + ((folded >>> 1) ^ -(folded & 1))) & 0xffff;
    values[i] = last;
  }
}
