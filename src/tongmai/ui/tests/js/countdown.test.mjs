import assert from "node:assert/strict";
import { test } from "node:test";
import { said } from "../../static/js/countdown.js";

test("the seconds are counted down, then the button speaks for itself", () => {
  assert.equal(said(42, "{n} 秒后可重新获取", "重新获取"), "42 秒后可重新获取");
  assert.equal(said(0, "{n} 秒后可重新获取", "重新获取"), "重新获取");
  assert.equal(said(-3, "{n} 秒后可重新获取", "重新获取"), "重新获取");
});
