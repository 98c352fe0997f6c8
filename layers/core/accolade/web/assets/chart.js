// Draws every .chart from the figures that it carries; the same figures stand in a table beside it.
(() => {
  "use strict";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const day = (at) => new Date(at * 1000).toLocaleDateString(document.documentElement.lang === "nl" ? "nl-NL" : "en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const count = (value) => value.toLocaleString(document.documentElement.lang === "nl" ? "nl-NL" : "en-GB");
  const days = { incrs: [1, 2, 7, 14, 30, 90, 365].map((count) => count * 86400), values: (_, at) => at.map(day) };
  const draw = (box) => {
    const rows = box.dataset.points.split(";").filter(Boolean).map((row) => row.split(",").map(Number));
    if (rows.length < 2) return;
    const columns = rows[0].map((_, place) => rows.map((row) => row[place]));
    const tones = [colour("--accent"), colour("--warn"), colour("--soft")];
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
    const series = box.dataset.names.split(";").map((label, place) => ({
      label, stroke: tones[place], width: 2, dash: place ? [6, 4] : undefined, points: { show: rows.length < 40 }, value: (_, it) => (it == null ? "–" : count(it)),
    }));
    const size = () => ({ width: box.clientWidth, height: 240 });
    const fromZero = { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.05 : 1] };
    const plot = new uPlot({ ...size(), scales: { y: fromZero }, tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"), series: [{ label: box.dataset.along, value: (_, at) => (at == null ? "–" : day(at)) }, ...series], axes: [{ ...axis, ...days }, { ...axis, size: 64, values: (_, at) => at.map(count) }], cursor: { drag: { x: false, y: false } } }, columns, box);
    addEventListener("resize", () => plot.setSize(size()));
  };
  document.querySelectorAll(".chart[data-points]").forEach(draw);
})();
