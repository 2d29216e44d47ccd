// Charts: ECharts with only what we draw, one theme.  Tool tips are drawn on the canvas, since the page allows no
// inline style.

import { BarChart, HeatmapChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, registerTheme, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { theme } from "./chart-theme.js";

use([BarChart, HeatmapChart, LineChart, SankeyChart, ScatterChart, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);
registerTheme("tongmai", theme);

export function draw(figures) {
  for (const figure of figures) {
    if (figure.dataset.drawn) continue;
    figure.dataset.drawn = "yes";
    const option = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const chart = init(figure, "tongmai");
    chart.setOption({ ...option, animation: false, tooltip: { renderMode: "richText", confine: true, ...option.tooltip } });
    new ResizeObserver(() => chart.resize()).observe(figure);
  }
}
