// The viewer of a study: panes, tools, series, key images.  The template says what there is, in JSON.

import { Loader } from "./frames.js";
import { arrow, meaning, placeAtCross } from "./keys.js";
import { wordsOf } from "./measures.js";
import { Pane } from "./pane.js";
import { bindPointing } from "./pointing.js";
import { presetsFor } from "./presets.js";
import { together } from "./together.js";

const MEGABYTE = 1024 * 1024;

export class Viewer {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.words = data.words;
    this.tool = "window";
    this.isTogether = true;
    const memory = Math.min(navigator.deviceMemory ?? 4, 8);
    this.loader = new Loader(memory * 64 * MEGABYTE);
    this.studies = data.studies.map((study) => ({ ...study, series: study.series.map((each) => withStack(each, study)) }));
    const places = [...root.querySelectorAll("[data-pane]")];
    this.panes = places.map((each) => new Pane(each, this.loader, this.words, (pane, what) => this.changed(pane, what)));
    this.panes.forEach((pane) => {
      bindPointing(pane, this);
      pane.root.addEventListener("focus", () => this.activate(pane));
    });
    this.bind();
    this.panes.forEach((pane, i) => this.openStudy(pane, this.studies[Math.min(i, this.studies.length - 1)]));
    this.activate(this.panes[0]);
    this.choose(this.panes[0].stack?.length > 1 ? "scroll" : "window");
  }

  openStudy(pane, study) {
    const wanted = study.series.find((each) => each.stack.some((one) => one.instance === this.data.first)) ?? study.series.find((each) => each.stack.length) ?? study.series[0];
    if (!wanted) return pane.say(this.words.no_pixels, true);
    const at = wanted.stack.findIndex((one) => one.instance === this.data.first && one.frame === this.data.first_frame);
    this.openSeries(pane, study, wanted, Math.max(at, 0));
  }

  openSeries(pane, study, series, at = 0) {
    this.stop();
    pane.open(study, series, at);
    this.mark();
  }

  activate(pane) {
    this.active = pane;
    for (const each of this.panes) each.root.classList.toggle("tm-viewer-active", each === pane && this.panes.length > 1);
    this.mark();
    this.showPresets();
  }

  changed(pane, what) {
    if (this.isTogether && this.panes.length > 1) together(pane, this.panes.find((each) => each !== pane), what);
    if (what === "frame") {
      if (pane === this.active) this.showPresets();
      this.measured(pane);
      this.mark();
    }
  }

  bind() {
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-tool], [data-act], [data-open], [data-key-image]");
      if (!button) return;
      if (button.dataset.tool) this.choose(button.dataset.tool);
      else if (button.dataset.act) this.act(button.dataset.act, button);
      else if (button.dataset.open) this.openById(button.dataset.open);
      else this.goTo(button.dataset.keyImage, Number(button.dataset.frame));
    });
    document.addEventListener("keydown", (event) => this.pressed(event));
    this.presets.addEventListener("pointerdown", () => (this.isByHand = true));
    this.presets.addEventListener("keydown", () => (this.isByHand = false));
    this.presets.addEventListener("change", () => {
      this.takePreset(Number(this.presets.value));
      if (this.isByHand) this.active.root.focus({ preventScroll: true }); // so that the keys work the picture again
    });
    this.help.addEventListener("close", () => this.active.root.focus());
    document.addEventListener("fullscreenchange", () => this.panes.forEach((pane) => pane.resized()));
  }

  get presets() {
    return this.root.querySelector("[data-presets]");
  }

  get help() {
    return this.root.querySelector("[data-help]");
  }

  pressed(event) {
    const isOurs = event.target === document.body || this.root.contains(event.target);
    const isField = event.target.closest("input, select, textarea, dialog[open]");
    if (event.ctrlKey || event.altKey || event.metaKey || isField || !isOurs) return;
    const found = meaning(event.key, this.tool, event.shiftKey);
    const isOnButton = event.target.closest("button, a") && [" ", "Enter"].includes(event.key);
    if (!found || isOnButton) return;
    event.preventDefault();
    const pane = this.active;
    if (found.tool) this.choose(found.tool);
    else if (found.act) this.act(found.act);
    else if (found.zoom) pane.zoom(found.zoom);
    else if (found.go) pane.go(found.go === -Infinity ? 0 : found.go === Infinity ? pane.stack.length - 1 : pane.index + found.go);
    else if (found.arrow) arrow(pane, this.tool, found.arrow);
    else if (found.place) placeAtCross(pane, this.tool) && this.measured(pane);
    else if (found.preset !== undefined) this.takePreset(found.preset);
  }

  choose(tool) {
    this.tool = tool;
    for (const pane of this.panes) {
      pane.growing = null;
      pane.cross = null;
      pane.render();
    }
    for (const each of this.root.querySelectorAll("[data-tool]")) each.setAttribute("aria-pressed", String(each.dataset.tool === tool));
  }

  act(name) {
    const pane = this.active;
    const acts = {
      rotate: () => pane.turn(1),
      "flip-across": () => pane.flip(true),
      "flip-down": () => pane.flip(false),
      invert: () => pane.invert(),
      "zoom-in": () => pane.zoom(1.25),
      "zoom-out": () => pane.zoom(0.8),
      reset: () => pane.reset(),
      help: () => (this.help.open ? this.help.close() : this.help.showModal()),
      "full-screen": () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.()),
      cine: () => (this.playing ? this.stop() : this.play()),
      together: () => this.setTogether(!this.isTogether),
      "next-series": () => this.stepSeries(1),
      "previous-series": () => this.stepSeries(-1),
      "other-pane": () => this.panes.length > 1 && this.panes[(this.panes.indexOf(pane) + 1) % this.panes.length].root.focus(),
      remove: () => this.removeMeasure(),
      leave: () => this.leave(),
      "key-image": () => this.markKeyImage(),
    };
    acts[name]?.();
  }

  setTogether(isTogether) {
    this.isTogether = isTogether;
    this.root.querySelector("[data-act=together]")?.setAttribute("aria-pressed", String(isTogether));
    this.panes.forEach((pane) => (pane.offset = undefined));
  }

  stepSeries(step) {
    const { study, series } = this.active;
    const all = study.series.filter((each) => each.stack.length);
    const next = all[(all.indexOf(series) + step + all.length) % all.length];
    if (next && next !== series) this.openSeries(this.active, study, next);
  }

  openById(id) {
    const study = this.studies.find((each) => each.series.some((one) => one.id === id));
    const pane = this.panes.length > 1 ? this.panes[this.studies.indexOf(study)] : this.active;
    this.openSeries(pane, study, study.series.find((each) => each.id === id));
    this.activate(pane);
  }

  goTo(instance, frame) {
    const pane = this.panes[0];
    const series = this.studies[0].series.find((each) => each.stack.some((one) => one.instance === instance));
    if (!series) return;
    const at = series.stack.findIndex((one) => one.instance === instance && one.frame === frame);
    if (pane.series === series) pane.go(at);
    else this.openSeries(pane, this.studies[0], series, at);
  }

  showPresets() {
    const { frame, series } = this.active ?? {};
    if (!frame) return;
    this.offered = presetsFor(series.modality, frame);
    const options = this.offered.map(({ name, label, window }, i) => {
      const said = window.table || name !== "own" ? "" : ` ${Math.round(window.width)}/${Math.round(window.center)}`;
      return new Option(`${i < 9 ? `${i + 1}. ` : ""}${this.words.presets[name]}${label ? ` ${label}` : ""}${said}`, String(i));
    });
    const key = options.map((each) => each.text).join("\n");
    if (this.presets.dataset.key === key) return;
    this.presets.dataset.key = key;
    this.presets.replaceChildren(new Option(this.words.presets.choose, "-1"), ...options);
  }

  takePreset(index) {
    const found = this.offered?.[index];
    if (found) this.active.setWindow(found.window);
    this.presets.value = String(found ? index : -1);
  }

  play() {
    const pane = this.active;
    if (!pane.frame || pane.stack.length < 2) return;
    const own = pane.stack.map((one, i) => [one, i]).filter(([one]) => one.instance === pane.stack[pane.index].instance).map(([, i]) => i);
    const loop = own.length > 1 ? own : pane.stack.map((_one, i) => i);
    const pause = Math.min(Math.max(pane.frame.milliseconds ?? 66, 20), 1000);
    this.playing = { pane, stopped: false };
    const { playing } = this;
    const step = async () => {
      if (playing.stopped) return;
      const began = performance.now();
      await pane.go(loop[(loop.indexOf(pane.index) + 1) % loop.length]);
      setTimeout(step, Math.max(0, pause - (performance.now() - began)));
    };
    step();
    this.markPlaying();
  }

  stop() {
    if (this.playing) this.playing.stopped = true;
    this.playing = null;
    this.markPlaying();
  }

  markPlaying() {
    this.root.querySelector("[data-act=cine]")?.setAttribute("aria-pressed", String(Boolean(this.playing)));
  }

  leave() {
    const pane = this.active;
    if (pane.growing) pane.ownMeasures.splice(pane.ownMeasures.indexOf(pane.growing), 1);
    pane.growing = pane.chosen = pane.cross = null;
    this.stop();
    pane.render();
  }

  removeMeasure() {
    const pane = this.active;
    if (!pane.frame) return;
    const own = pane.ownMeasures;
    const gone = own.includes(pane.chosen) ? pane.chosen : own[own.length - 1];
    if (gone) own.splice(own.indexOf(gone), 1);
    pane.chosen = pane.growing = null;
    pane.render();
    this.measured(pane);
  }

  /** The measures of the frame as text: for who cannot see the picture, and to copy. */
  measured(pane) {
    if (pane !== this.active || !pane.frame) return;
    const list = this.root.querySelector("[data-measures]");
    const said = pane.ownMeasures.map((each) => [each.kind, wordsOf(each, pane.frame, this.words)]).filter(([, text]) => text);
    list.replaceChildren(...said.map(([kind, text]) => Object.assign(document.createElement("li"), { textContent: `${this.words.kinds[kind]}：${text}` })));
    this.root.querySelector("[data-no-measures]").hidden = said.length > 0;
  }

  /** Show in the series list which one is looked at, and whether the frame is a key image. */
  mark() {
    for (const each of this.root.querySelectorAll("[data-open]")) {
      each.setAttribute("aria-pressed", String(this.panes.some((pane) => pane.series?.id === each.dataset.open)));
    }
    const { instance, frame } = this.active?.stack?.[this.active.index] ?? {};
    const own = [...this.root.querySelectorAll("[data-key-image]")];
    const isKey = own.some((each) => each.dataset.keyImage === instance && Number(each.dataset.frame) === frame);
    this.root.querySelector("[data-act=key-image]")?.setAttribute("aria-pressed", String(isKey));
  }

  /** Mark the frame as a key image, or take the mark away; the list comes back from the server. */
  async markKeyImage() {
    const pane = this.active;
    const button = this.root.querySelector("[data-act=key-image]");
    const one = pane.stack?.[pane.index];
    if (!button || !pane.frame || pane.study !== this.studies[0]) return;
    const isMarked = button.getAttribute("aria-pressed") === "true";
    const { center, width, table } = pane.window;
    const body = new URLSearchParams({ instance: one.instance, frame: one.frame, is_marked: isMarked ? "" : "1", center: table ? "" : center, width: table ? "" : width });
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"], "HX-Request": "true" };
    const answer = await fetch(this.data.key_image_href, { method: "POST", body, headers, credentials: "same-origin" });
    if (!answer.ok) return pane.say(this.words.not_kept, true);
    this.root.querySelector("[data-key-images]").innerHTML = await answer.text();
    this.mark();
  }
}

function withStack(series, study) {
  const stack = [];
  for (const [instance, n] of series.instances) {
    for (let frame = 1; frame <= n; frame++) {
      stack.push({ instance, frame, address: study.frame_href.replace("INSTANCE", instance).replace("FRAME", frame) });
    }
  }
  return { ...series, stack };
}
