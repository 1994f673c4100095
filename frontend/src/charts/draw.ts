// Draws lines and bars with Chart.js: of it only the parts that are used come into the bundle.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  LineController,
  LineElement,
  LinearScale,
  type Plugin,
  PointElement,
  Tooltip,
} from "chart.js";
import type { Colours } from "./colours";
import { type Numbers, spread } from "./read";

Chart.register(BarController, BarElement, CategoryScale, LineController, LineElement, LinearScale, PointElement, Tooltip);

/** One line: its column, its words, and from 1 its colour, dashes and mark. */
export interface Line {
  readonly column: string;
  readonly label: string;
  readonly style: number;
}

/** A drawn chart. */
export interface Drawn {
  /** Draws it again in these colours. */
  paint(colours: Colours): void;
  /** Shows or hides a line. */
  show(column: string, shown: boolean): void;
}

const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const MARKS = ["circle", "rect", "triangle", "rectRot"] as const;
/** How the words at the lines' ends are written, before the font's name. */
const END_FONT = "600 12px ";
/** Narrower charts have no room for words at the lines' ends; the buttons above name them. */
const ROOMY = 460;

const TOOLTIP = { animation: false, backgroundColor: "rgb(20 26 34)", titleColor: "#fff", bodyColor: "#fff", padding: 8 } as const;

function scales(colours: Colours, yTitle: string | undefined): NonNullable<ChartConfiguration<"line">["options"]>["scales"] {
  const ticks = { color: colours.text, font: { family: colours.font, size: 12 } };
  return {
    x: { ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false }, border: { color: colours.line } },
    y: {
      beginAtZero: true,
      ticks: { ...ticks, precision: 0, maxTicksLimit: 6 },
      grid: { color: colours.line },
      border: { display: false },
      title: { display: yTitle !== undefined, text: yTitle ?? "", color: colours.text, font: { family: colours.font, size: 12 } },
    },
  };
}

/** Writes each line's name at its end, so that nobody has to look from a legend to a line and back. */
const endWords: Plugin<"line"> = {
  id: "endWords",
  afterDatasetsDraw(chart) {
    if (chart.width < ROOMY) return;
    const { ctx, chartArea } = chart;
    const shown = chart.data.datasets.flatMap((set, index) => {
      const end = chart.isDatasetVisible(index) ? chart.getDatasetMeta(index).data.at(-1) : undefined;
      return end ? [{ set, end }] : [];
    });
    const places = spread(shown.map(({ end }) => end.y), 14, chartArea.top + 6, chartArea.bottom - 4);
    ctx.save();
    ctx.font = END_FONT + String(chart.options.font?.family ?? "sans-serif");
    ctx.textBaseline = "middle";
    shown.forEach(({ set, end }, index) => {
      ctx.fillStyle = String(set.borderColor);
      ctx.fillText(set.label ?? "", end.x + 10, places[index] ?? end.y);
    });
    ctx.restore();
  },
};

/** How wide the widest of the words at the ends is. */
function widthOf(canvas: HTMLCanvasElement, words: readonly string[], font: string): number {
  const pen = canvas.getContext("2d");
  if (!pen) return 0;
  pen.font = END_FONT + font;
  return Math.max(...words.map((word) => pen.measureText(word).width));
}

/** Draws lines over the table's rows. */
export function drawLines(canvas: HTMLCanvasElement, numbers: Numbers, lines: readonly Line[], first: Colours): Drawn {
  const dataset = ({ column, label, style }: Line): ChartDataset<"line", (number | null)[]> => ({
    label,
    data: [...(numbers.columns.get(column) ?? [])],
    borderWidth: 2,
    borderDash: [...(DASHES[style - 1] ?? [])],
    pointStyle: MARKS[style - 1] ?? "circle",
    pointRadius: numbers.labels.length > 40 ? 0 : 2.5,
    pointHoverRadius: 5,
  });
  const widest = widthOf(canvas, lines.map(({ label }) => label), first.font);
  const chart = new Chart<"line", (number | null)[], string>(canvas, {
    type: "line",
    data: { labels: [...numbers.labels], datasets: lines.map(dataset) },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      layout: { padding: ({ chart: { width } }) => ({ right: width < ROOMY ? 8 : widest + 16, top: 6 }) },
      plugins: { tooltip: { ...TOOLTIP, usePointStyle: true } },
    },
    plugins: [endWords],
  });
  // The mode "none" would leave the colours that points and bars share as they were.
  const paint = (colours: Colours): void => {
    chart.options.font = { family: colours.font };
    const made = scales(colours, undefined);
    if (made) chart.options.scales = made;
    chart.data.datasets.forEach((set, index) => {
      const colour = colours.of(`--series-${lines[index]?.style ?? 1}`);
      set.borderColor = colour;
      set.backgroundColor = colour;
    });
    chart.update();
  };
  const show = (column: string, shown: boolean): void => {
    const index = lines.findIndex((line) => line.column === column);
    if (index >= 0) chart.setDatasetVisibility(index, shown);
    chart.update();
  };
  paint(first);
  return { paint, show };
}

/** Draws a bar for each of the table's rows; a click on one follows the row's link. */
export function drawBars(canvas: HTMLCanvasElement, numbers: Numbers, kind: string, links: readonly (string | undefined)[], first: Colours): Drawn {
  const [values = []] = numbers.columns.values();
  const chart = new Chart<"bar", (number | null)[], string>(canvas, {
    type: "bar",
    data: { labels: numbers.labels.map((label) => label.replace(/ days$/, "")), datasets: [{ data: [...values], categoryPercentage: 1, barPercentage: 0.94, borderRadius: 2 }] },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      plugins: { tooltip: { ...TOOLTIP, displayColors: false } },
      onClick: (_, [hit]) => {
        const link = hit && links[hit.index];
        if (link !== undefined) window.location.assign(link);
      },
      onHover: (_, [hit]) => {
        canvas.style.cursor = hit && links[hit.index] !== undefined ? "pointer" : "default";
      },
    },
  });
  const paint = (colours: Colours): void => {
    chart.options.font = { family: colours.font };
    const made = scales(colours, "cards");
    if (made) chart.options.scales = made;
    for (const set of chart.data.datasets) set.backgroundColor = colours.of(`--sev-${kind}`);
    chart.update();
  };
  paint(first);
  return { paint, show: () => undefined };
}
