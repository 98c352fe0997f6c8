// Beside a problem its line is a link: the line is chosen in the YAML. Leaving with something unsaved asks first.
(() => {
  const form = document.getElementById("rules");
  if (!form) return;
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    const text = document.getElementById("f-text");
    if (!link || !text) return;
    const lines = text.value.split("\n");
    const line = Math.min(Number(link.dataset.line), lines.length) - 1;
    const start = lines.slice(0, line).join("\n").length + (line ? 1 : 0);
    text.setSelectionRange(start, start + lines[line].length);
    text.scrollTop = Math.max(0, (line - 3) * parseFloat(getComputedStyle(text).lineHeight));
    if (link.hash !== "#f-text" && document.getElementById(link.hash.slice(1))) return;
    event.preventDefault();
    text.focus();
  });
})();
