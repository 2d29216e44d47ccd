// Everything that runs on every page.  Behaviour is bound by data- attributes; see the gallery.

import "htmx.org";
import { askInPlace, bindAsking } from "./asking.js";
import { startCountdowns } from "./countdown.js";
import { bindDialogs } from "./dialogs.js";
import { bindForms, restoreDrafts, resumeSending } from "./forms.js";
import { bindKeys } from "./keys.js";
import { bindLive, showCounts, startCounts, startTimes } from "./live.js";
import { bindMenus } from "./menus.js";
import { bindPasskeys } from "./passkey.js";
import { bindPickers, bindSearch } from "./picker.js";
import { bindPrefill } from "./prefill.js";
import { bindPrints, showPrints } from "./prints.js";
import { bindRows } from "./rows.js";
import { bindScan } from "./scan.js";
import { startStay } from "./stay.js";
import { bindWaiting } from "./waiting.js";

bindAsking(document);
bindDialogs(document);
bindForms(document);
bindKeys(document);
bindLive(document);
bindMenus(document);
bindPasskeys(document);
bindPrefill(document);
bindPrints(document);
bindRows(document);
bindScan(document);
bindWaiting(document);
resumeSending(document);
arrive(document);
startCounts();
startTimes();
startStay();
document.addEventListener("htmx:load", (event) => arrive(event.target));

function arrive(root) {
  askInPlace();
  bindPickers(root);
  bindSearch(root);
  restoreDrafts(root);
  showPrints(root);
  showCounts();
  startCountdowns(root);
  root.querySelector("[data-focus]")?.focus();
  const figures = root.querySelectorAll("[data-chart]");
  if (figures.length) import(document.body.dataset.charts).then((charts) => charts.draw(figures));
}
