// Frames from the server: those that are looked at first, then their neighbours; a bounded number of bytes is kept.

import { unpack } from "./unpacking.js";

const AT_ONCE = 3;

/** What keeps frames by their address, the last used longest; `most` in bytes. */
export class Kept {
  constructor(most) {
    this.most = most;
    this.bytes = 0;
    this.frames = new Map();
  }

  get(address) {
    const found = this.frames.get(address);
    if (found) {
      this.frames.delete(address);
      this.frames.set(address, found);
    }
    return found;
  }

  put(address, frame) {
    if (this.frames.has(address)) return;
    this.frames.set(address, frame);
    this.bytes += frame.values.byteLength;
    for (const [oldest, gone] of this.frames) {
      if (this.bytes <= this.most || this.frames.size === 1) break;
      this.frames.delete(oldest);
      this.bytes -= gone.values.byteLength;
    }
  }
}

/** The order in which a stack is fetched around `at`: there, then ahead, a few behind. */
export function around(at, n, direction, ahead = 8, behind = 2) {
  const found = [at];
  for (let i = 1; i <= ahead; i++) found.push(at + i * direction);
  for (let i = 1; i <= behind; i++) found.push(at - i * direction);
  return found.filter((index) => index >= 0 && index < n);
}

export class Loader {
  constructor(mostBytes) {
    this.kept = new Kept(mostBytes);
    this.running = new Map();
    this.wanted = new Map();
    this.ahead = new Map();
  }

  /** The frame at an address, fetched before whatever else waits. */
  get(address) {
    const found = this.kept.get(address);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const waiting = this.wanted.get(address) ?? [];
      waiting.push({ resolve, reject });
      this.wanted.set(address, waiting);
      this.next();
    });
  }

  /** Fetch these as well when there is nothing more urgent; what an owner wanted ahead before is forgotten. */
  prefetch(owner, addresses) {
    this.ahead.set(owner, addresses.slice());
    this.next();
  }

  /** Nobody looks at this address any more. */
  drop(address) {
    const waiting = this.wanted.get(address);
    if (!waiting || this.running.has(address)) return;
    this.wanted.delete(address);
    for (const each of waiting) each.reject(new DOMException("superseded", "AbortError"));
  }

  next() {
    while (this.running.size < AT_ONCE) {
      const address = [...this.wanted.keys()].reverse().find((each) => !this.running.has(each)) ?? this.nextAhead();
      if (!address) return;
      this.running.set(address, true);
      this.fetch(address);
    }
  }

  nextAhead() {
    for (const addresses of this.ahead.values()) {
      while (addresses.length) {
        const address = addresses.shift();
        if (!this.kept.frames.has(address) && !this.running.has(address)) return address;
      }
    }
    return null;
  }

  async fetch(address) {
    let frame, failure;
    try {
      frame = await fetched(address);
      this.kept.put(address, frame);
    } catch (error) {
      failure = error;
    }
    this.running.delete(address);
    const waiting = this.wanted.get(address) ?? [];
    this.wanted.delete(address);
    for (const each of waiting) failure ? each.reject(failure) : each.resolve(frame);
    this.next();
  }
}

/** Fetch one frame; whoever was signed out meanwhile is led to the door, other refusals are said in their words. */
async function fetched(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  const door = answer.headers.get("HX-Redirect");
  if (door) window.location.assign(door);
  if (!answer.ok || door) throw new Error(await said(answer));
  return unpack(await answer.arrayBuffer());
}

async function said(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(".tm-alert p, h1")?.textContent.trim() || String(answer.status);
}
