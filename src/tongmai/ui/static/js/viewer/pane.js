// One picture on the screen: a stack of frames, how it is turned and windowed, what was measured on it.

import { around } from "./frames.js";
import { depth, edges, fitting, freshView, matrix, spacingAt, toPicture, toScreen, valueAt } from "./geometry.js";
import { paint, usualWindow } from "./greying.js";
import { draw, number, unitOf, wordsOf } from "./measures.js";

const MM_OF_RULER = [200, 100, 50, 20, 10, 5, 2, 1];

export class Pane {
  /** `root` is the element of the template, `changed(pane, what)` is told of every move that others may follow. */
  constructor(root, loader, words, changed) {
    Object.assign(this, { root, loader, words, changed });
    this.canvas = root.querySelector("canvas");
    this.picture = document.createElement("canvas");
    this.corners = Object.fromEntries([...root.querySelectorAll("[data-corner]")].map((each) => [each.dataset.corner, each]));
    this.state = root.querySelector("[data-state]");
    this.slider = root.querySelector("[data-slider]");
    this.measures = new Map(); // by the address of a frame
    this.direction = 1;
    this.cross = null;
    this.chosen = null;
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value) - 1));
    new ResizeObserver(() => this.resized()).observe(root);
  }

  /** Show a series of a study from its frame `at`. */
  open(study, series, at = 0) {
    Object.assign(this, { study, series, frame: null, index: -1, painted: null, chosen: null });
    this.stack = series.stack;
    this.view = freshView();
    this.window = null;
    this.isInverted = false;
    this.slider.max = this.stack.length;
    this.slider.hidden = this.stack.length < 2;
    this.root.dataset.series = series.id;
    if (!this.stack.length) return this.say(this.words.no_pixels, true);
    return this.go(at);
  }

  /** Show frame `index` of the stack (the nearest that there is). */
  async go(index, isFollowing = false) {
    if (!this.stack?.length) return;
    const at = Math.min(Math.max(index, 0), this.stack.length - 1);
    if (at === this.index) return;
    if (this.index >= 0) this.loader.drop(this.stack[this.index].address);
    this.direction = at >= this.index ? 1 : -1;
    this.index = at;
    const { address } = this.stack[at];
    const addresses = around(at, this.stack.length, this.direction).slice(1).map((i) => this.stack[i].address);
    this.loader.prefetch(this, addresses);
    const waiting = setTimeout(() => this.say(`${this.words.loading} ${at + 1} / ${this.stack.length}`), 150);
    try {
      const frame = await this.loader.get(address);
      if (this.index === at && this.stack[at].address === address) this.show(frame);
    } catch (error) {
      if (error.name !== "AbortError" && this.index === at) this.fail(error.message);
    } finally {
      clearTimeout(waiting);
    }
    if (!isFollowing) this.changed(this, "index");
  }

  show(frame) {
    const isOther = !this.frame || this.frame.rows !== frame.rows || this.frame.columns !== frame.columns;
    this.frame = frame;
    this.window ??= usualWindow(frame);
    if (frame.kind === "rgb8" && !this.isColorWindow) this.window = { center: 127.5, width: 255, function: "linear_exact" };
    this.isColorWindow = frame.kind === "rgb8";
    this.painted = null;
    this.say("");
    if (isOther || !this.view.scale) this.fit();
    else this.render();
    this.changed(this, "frame");
  }

  say(text, isFailure = false) {
    this.state.textContent = text;
    this.state.hidden = !text;
    this.state.classList.toggle("tm-viewer-failed", isFailure);
    this.root.dataset.shown = text ? "" : String(this.index + 1);
  }

  fail(text) {
    this.frame = null;
    this.clear();
    this.say(text, true);
    for (const corner of Object.values(this.corners)) corner.replaceChildren();
  }

  resized() {
    const box = this.root.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
    if (!width || !height || (this.canvas.width === width && this.canvas.height === height)) return;
    [this.canvas.width, this.canvas.height] = [width, height];
    if (this.frame && this.isFitted) this.fit();
    else this.render();
  }

  get box() {
    const ratio = window.devicePixelRatio || 1;
    return [this.canvas.width / ratio, this.canvas.height / ratio];
  }

  get size() {
    return [this.frame.columns, this.frame.rows];
  }

  get matrix() {
    return matrix(this.view, this.size, this.frame.aspect, this.box);
  }

  get address() {
    return this.stack[this.index].address;
  }

  get ownMeasures() {
    if (!this.measures.has(this.address)) this.measures.set(this.address, []);
    return this.measures.get(this.address);
  }

  fit() {
    this.view = { ...this.view, pan: [0, 0], scale: fitting(this.size, this.frame.aspect, this.view.turn, this.box) };
    this.isFitted = true;
    this.render();
  }

  reset() {
    if (!this.frame) return;
    this.view = freshView();
    this.window = this.isColorWindow ? { center: 127.5, width: 255, function: "linear_exact" } : usualWindow(this.frame);
    this.isInverted = false;
    this.painted = null;
    this.fit();
    this.changed(this, "view");
  }

  setWindow(window, isFollowing = false) {
    this.window = { ...window, width: Math.max(window.width, window.function === "linear_exact" ? 0.01 : 1) };
    this.painted = null;
    this.render();
    if (!isFollowing) this.changed(this, "window");
  }

  setView(view, isFollowing = false) {
    this.view = { ...this.view, ...view };
    this.isFitted = false;
    this.render();
    if (!isFollowing) this.changed(this, "view");
  }

  /** Zoom by a factor; what lies at a place of the screen stays there. */
  zoom(factor, at = this.box.map((side) => side / 2)) {
    if (!this.frame) return;
    const fit = fitting(this.size, this.frame.aspect, this.view.turn, this.box);
    const scale = Math.min(Math.max(this.view.scale * factor, fit / 4), Math.max(40, fit * 4));
    const point = toPicture(this.matrix, at);
    const moved = toScreen(matrix({ ...this.view, scale }, this.size, this.frame.aspect, this.box), point);
    this.setView({ scale, pan: [this.view.pan[0] + at[0] - moved[0], this.view.pan[1] + at[1] - moved[1]] });
  }

  /** Turn by quarters as it lies on the screen. */
  turn(quarters) {
    if (!this.frame) return;
    this.view.turn = (this.view.turn + quarters + 4) % 4;
    this.fit();
    this.changed(this, "view");
  }

  flip(isAcross) {
    if (!this.frame) return;
    const name = isAcross !== Boolean(this.view.turn % 2) ? "flipH" : "flipV";
    this.setView({ [name]: !this.view[name] });
  }

  invert() {
    this.isInverted = !this.isInverted;
    this.painted = null;
    this.render();
  }

  clear() {
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    return context;
  }

  /** Draw what is due; several moves between two pictures of the screen cost one drawing. */
  render() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.drawNow();
    });
  }

  drawNow() {
    const context = this.clear();
    if (!this.frame || !this.window) return;
    if (!this.painted) this.paint();
    const ratio = window.devicePixelRatio || 1;
    const found = this.matrix;
    context.setTransform(...found.map((each) => each * ratio));
    context.imageSmoothingEnabled = this.view.scale < 4;
    context.imageSmoothingQuality = "medium";
    context.drawImage(this.picture, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const measure of this.ownMeasures) draw(context, measure, found, wordsOf(measure, this.frame, this.words), measure === this.chosen);
    if (this.cross) this.drawCross(context, toScreen(found, this.cross));
    this.drawRuler(context);
    this.write();
  }

  paint() {
    const { rows, columns } = this.frame;
    if (this.picture.width !== columns || this.picture.height !== rows) {
      [this.picture.width, this.picture.height] = [columns, rows];
      this.pixels = null;
    }
    const context = this.picture.getContext("2d", { willReadFrequently: true });
    this.pixels ??= context.createImageData(columns, rows);
    paint(this.frame, this.window, this.isInverted, new Uint32Array(this.pixels.data.buffer));
    context.putImageData(this.pixels, 0, 0);
    this.painted = true;
  }

  drawCross(context, [x, y]) {
    context.strokeStyle = "#ffd166";
    context.lineWidth = 1;
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + dx * 4, y + dy * 4);
      context.lineTo(x + dx * 16, y + dy * 16);
    }
    context.stroke();
  }

  /** A ruler at the lower edge, in round millimetres; none where distances are unknown. */
  drawRuler(context) {
    const [width, height] = this.box;
    const at = spacingAt(this.frame, [toPicture(this.matrix, [width / 2, height / 2])]);
    if (at.unit !== "mm") return;
    const perMm = this.view.turn % 2 ? (this.view.scale * this.frame.aspect) / at.row : this.view.scale / at.column;
    const mm = MM_OF_RULER.find((each) => each * perMm < width / 3) ?? 1;
    const long = mm * perMm;
    context.strokeStyle = context.fillStyle = "#fff";
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo((width - long) / 2, height - 20);
    context.lineTo((width - long) / 2, height - 14);
    context.lineTo((width + long) / 2, height - 14);
    context.lineTo((width + long) / 2, height - 20);
    context.stroke();
    context.font = "12px sans-serif";
    context.textAlign = "center";
    context.fillText(`${mm} mm${at.kind === "projected" ? ` ${this.words.projected}` : ""}`, width / 2, height - 24);
    context.textAlign = "start";
  }

  write() {
    const { frame, view, window: shown, words, stack } = this;
    const lines = {
      "top-left": this.study.overlay,
      "top-right": [this.study.date, this.study.org, `${this.series.modality} ${this.series.label}`],
      "bottom-left": [
        shown.table ? words.own_curve : `${words.window} ${number(shown.width, 0)} / ${number(shown.center, 0)}`,
        `${words.zoom} ${number(view.scale * 100, 0)}%${this.isInverted ? ` · ${words.inverted}` : ""}`,
        this.hover ?? "",
      ],
      "bottom-right": [`${this.index + 1} / ${stack.length}`, frame.n_frames > 1 ? `${words.frame} ${frame.frame} / ${frame.n_frames}` : ""],
    };
    const side = edges(frame, view) ?? {};
    for (const edge of ["left", "top", "right", "bottom"]) lines[edge] = [side[edge] ?? ""];
    for (const [name, said] of Object.entries(lines)) fill(this.corners[name], said);
    this.slider.value = this.index + 1;
    this.slider.setAttribute("aria-valuetext", `${this.index + 1} / ${stack.length}`);
  }

  /** Say the value below the pointer. */
  point(at) {
    if (!this.frame) return;
    const [x, y] = at ? toPicture(this.matrix, at).map(Math.floor) : [-1, -1];
    const value = valueAt(this.frame, x, y);
    this.hover = value === null ? "" : `(${x}, ${y}) ${number(value, Number.isInteger(value) ? 0 : 1)} ${unitOf(this.frame, this.words)}`;
    fill(this.corners["bottom-left"].children[2] ?? this.corners["bottom-left"], [this.hover], true);
  }

  /** Where this pane looks: the depth of its slice, or its share of the stack. */
  get place() {
    return { depth: this.frame && depth(this.frame), index: this.index };
  }
}

function fill(element, lines, isLine = false) {
  const text = lines.join("\n");
  if (!element || element.dataset.said === text) return;
  element.dataset.said = text;
  if (isLine) return void (element.textContent = text);
  element.replaceChildren(...lines.map((line) => Object.assign(document.createElement("span"), { textContent: line })));
}
