// Two studies side by side: what one shows, the other follows.

/** Let `other` follow what `pane` did: its slice, its window, its zoom and place. */
export function together(pane, other, what) {
  if (!pane.frame || !other.frame) return;
  if (what === "window" && pane.series.modality === other.series.modality && !pane.isColorWindow && !other.isColorWindow) {
    other.setWindow(pane.window, true);
  }
  if (what === "view") {
    const share = pane.view.scale / base(pane);
    other.setView({ ...pane.view, pan: [...pane.view.pan], scale: share * base(other) }, true);
  }
  if (what === "index" || what === "frame") followIndex(pane, other);
}

function base(pane) {
  return Math.min(pane.box[0] / pane.frame.columns, pane.box[1] / (pane.frame.rows * pane.frame.aspect));
}

/** The same step on both sides, from where they stood when they were put together. */
function followIndex(pane, other) {
  if (pane.offset === undefined || pane.pairedWith !== other.series || other.pairedWith !== pane.series) {
    [pane.offset, other.offset] = [0, 0];
    [pane.pairedWith, other.pairedWith] = [other.series, pane.series];
    pane.pairedAt = pane.index;
    other.pairedAt = other.index;
    return;
  }
  const step = (other.stack.length - 1) / Math.max(pane.stack.length - 1, 1);
  const moved = pane.index - pane.pairedAt;
  const isAlike = Math.abs(step - 1) < 0.5;
  other.go(other.pairedAt + Math.round(isAlike ? moved : moved * step), true);
}
