// The colours of status and series: readable on white, told apart by the colour-blind.

const INK = "#1f3448";
const QUIET = "#5b6b7b";
const LINE = "#dde4ea";

const axis = {
  axisLine: { lineStyle: { color: LINE } },
  axisTick: { show: false },
  axisLabel: { color: QUIET },
  splitLine: { lineStyle: { color: "#edf1f4" } },
};

export const theme = {
  color: ["#1c6ea4", "#e08a1e", "#2f8f6b", "#7a5ea8", "#c2453d", "#6b8299", "#b59a2b"],
  textStyle: { fontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif', color: INK },
  grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
  legend: { textStyle: { color: QUIET } },
  categoryAxis: { ...axis, splitLine: { show: false } },
  valueAxis: axis,
  timeAxis: axis,
  bar: { barMaxWidth: 32 },
  line: { symbolSize: 5 },
  sankey: { lineStyle: { color: "gradient", opacity: 0.35 }, label: { color: INK }, nodeGap: 14 },
};
