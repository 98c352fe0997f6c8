// What was opened stays open when the page renews itself.
(() => {
  let open = [];
  document.addEventListener("htmx:beforeSwap", () => { open = [...document.querySelectorAll("details[open][id]")].map((it) => it.id); });
  document.addEventListener("htmx:afterSwap", () => { open.forEach((id) => { const it = document.getElementById(id); if (it) it.open = true; }); });
})();
