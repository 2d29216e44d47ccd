// Calipers on the drawing of an electrocardiogram: time and voltage between two corners, and marks at equal distances.
// One unit of the drawing is one millimetre; what a millimetre means stands on the drawing.

const NS = "http://www.w3.org/2000/svg";
const FINE_MM = 0.1;
const COARSE_MM = 1;

/** What lies between two corners: {ms, bpm, mv}.  bpm is null where there is no distance.  No DOM. */
export function measured(caliper, mmPerS, mmPerMv) {
  const ms = (Math.abs(caliper.x2 - caliper.x1) / mmPerS) * 1000;
  const mv = (caliper.y1 - caliper.y2) / mmPerMv;
  return { ms: Math.round(ms), bpm: ms >= 1 ? Math.round(60000 / ms) : null, mv: Math.round(mv * 100) / 100 };
}

/** Where marks at the caliper's distance stand, both ways, within the width.  No DOM. */
export function marks(caliper, width) {
  const step = Math.abs(caliper.x2 - caliper.x1);
  if (step < 1) return [];
  const found = [];
  const first = Math.min(caliper.x1, caliper.x2) % step;
  for (let x = first; x <= width; x += step) found.push(x);
  return found;
}

function bind(sheet) {
  const svg = sheet.querySelector("svg[data-ecg]");
  const { width, height } = svg.viewBox.baseVal;
  const scale = [Number(svg.dataset.mmPerS), Number(svg.dataset.mmPerMv)];
  const layer = svg.appendChild(document.createElementNS(NS, "g"));
  let caliper = null;
  let isMarching = false;
  let isDragging = false;

  const within = (value, most) => Math.min(Math.max(value, 0), most);

  function at(event) {
    const box = svg.getBoundingClientRect();
    return [within(((event.clientX - box.left) * width) / box.width, width), within(((event.clientY - box.top) * height) / box.height, height)];
  }

  function line(x1, y1, x2, y2, kind) {
    const drawn = layer.appendChild(document.createElementNS(NS, "line"));
    for (const [name, value] of Object.entries({ x1, y1, x2, y2, class: `tm-ecg-${kind}` })) drawn.setAttribute(name, value);
  }

  function show() {
    layer.replaceChildren();
    const read = document.querySelector("[data-ecg-read]");
    if (!caliper) return void (read.textContent = read.dataset.wordNone);
    if (isMarching) for (const x of marks(caliper, width)) line(x, 0, x, height, "mark");
    line(caliper.x1, 0, caliper.x1, height, "caliper");
    line(caliper.x2, 0, caliper.x2, height, "caliper");
    line(0, caliper.y1, width, caliper.y1, "level");
    line(0, caliper.y2, width, caliper.y2, "level");
    line(caliper.x1, caliper.y1, caliper.x2, caliper.y1, "span");
    const { ms, bpm, mv } = measured(caliper, ...scale);
    read.textContent = `${ms} ms · ${bpm ?? "—"} bpm · ${mv.toFixed(2)} mV`;
  }

  /** A second in the middle of what is seen. */
  function place() {
    const share = (sheet.scrollLeft + sheet.clientWidth / 2) / Math.max(sheet.scrollWidth, 1);
    const middle = within(share * width, width - scale[0] / 2);
    caliper = { x1: middle - scale[0] / 2, y1: height / 2, x2: middle + scale[0] / 2, y2: height / 2 };
    show();
  }

  function swap() {
    caliper = { x1: caliper.x2, y1: caliper.y2, x2: caliper.x1, y2: caliper.y1 };
  }

  function move(dx, dy, isCoarse) {
    const step = isCoarse ? COARSE_MM : FINE_MM;
    caliper.x2 = within(caliper.x2 + dx * step, width);
    caliper.y2 = within(caliper.y2 + dy * step, height);
  }

  const does = {
    place,
    march() {
      isMarching = !isMarching;
      document.querySelector("[data-ecg-do=march]").setAttribute("aria-pressed", String(isMarching));
      show();
    },
    clear() {
      caliper = null;
      show();
    },
  };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = { c: "place", m: "march", Escape: "clear" };

  svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" && !event.isPrimary) return;
    const [x, y] = at(event);
    caliper = { x1: x, y1: y, x2: x, y2: y };
    isDragging = true;
    svg.setPointerCapture(event.pointerId);
    sheet.focus({ preventScroll: true });
    event.preventDefault();
    show();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!isDragging) return;
    [caliper.x2, caliper.y2] = at(event);
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => (isDragging = false));
  sheet.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (keys[event.key]) does[keys[event.key]]();
    else if (caliper && event.key === " ") swap();
    else if (caliper && moves[event.key]) move(...moves[event.key], event.shiftKey);
    else return;
    event.preventDefault();
    show();
  });
  return does;
}

const sheets = [...document.querySelectorAll("[data-ecg-sheet]")];
const bound = sheets.map(bind);
const tools = document.querySelector("[data-ecg-tools]");
if (tools && bound.length) {
  tools.hidden = false;
  const read = tools.querySelector("[data-ecg-read]");
  read.textContent = read.dataset.wordNone;
  // The buttons act on the sheet that was used last.
  let used = 0;
  sheets.forEach((sheet, n) => sheet.addEventListener("focusin", () => (used = n)));
  tools.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-ecg-do]");
    if (!wanted) return;
    bound[used][wanted.dataset.ecgDo]();
    if (wanted.dataset.ecgDo === "place") sheets[used].focus();
  });
}
