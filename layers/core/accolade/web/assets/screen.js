// A board: rows glide to their new places, and each win is celebrated once, for ten seconds.
(() => {
  "use strict";
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const told = new Set();
  const waiting = [];
  let showing = false;
  let places = new Map();

  const tops = () => new Map([...document.querySelectorAll(".places li")].map((it) => [it.dataset.key, it.getBoundingClientRect().top]));

  const glide = () => {
    for (const row of document.querySelectorAll(".places li")) {
      const before = places.get(row.dataset.key);
      const moved = before === undefined ? 0 : before - row.getBoundingClientRect().top;
      if (moved && !calm) row.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: 800, easing: "ease-out" });
    }
  };

  const celebrate = () => {
    const win = document.getElementById("win");
    const next = waiting.shift();
    if (!next) { win.hidden = true; showing = false; return; }
    showing = true;
    win.replaceChildren(...next);
    win.hidden = false;
    setTimeout(celebrate, 10000);
  };

  const hear = (first) => {
    const news = [...document.querySelectorAll(".news")].reverse();
    for (const it of news) {
      if (told.has(it.dataset.win)) continue;
      told.add(it.dataset.win);
      if (!first) waiting.push([...it.cloneNode(true).children]);
    }
    if (!showing) celebrate();
  };

  hear(true);
  document.body.addEventListener("htmx:beforeSwap", () => { places = tops(); });
  document.body.addEventListener("htmx:afterSwap", () => { glide(); hear(false); });
})();
