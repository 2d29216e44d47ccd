// The entry of vendor/viewer.js, which only the pages of images load.

import { Viewer } from "./viewer.js";

for (const root of document.querySelectorAll("[data-viewer]")) {
  const data = JSON.parse(document.getElementById(root.dataset.viewer).textContent);
  const began = performance.now();
  const viewer = new Viewer(root, data);
  root.viewer = viewer; // for the tests, which ask it nothing that a person does not see
  const watch = new MutationObserver(() => {
    if (!viewer.panes[0].root.dataset.shown) return;
    performance.measure("first-image", { start: 0 });
    performance.measure("first-image-from-script", { start: began });
    watch.disconnect();
  });
  watch.observe(viewer.panes[0].root, { attributes: true });
}
