// A program while it is written: the server keeps both sides in step and says what is wrong at which field. Beside a problem its
// line is a link: the line is chosen in the YAML. Leaving with something unsaved asks first.
(() => {
  const form = document.getElementById("rules");
  if (!form) return;
  const left = document.getElementById("left"), text = document.getElementById("f-text");
  const checked = form.dataset.checked;
  let changed = false, waiting = 0, asked = new AbortController();

  const shown = (html) => {
    const at = document.activeElement?.id;
    for (const it of new DOMParser().parseFromString(html, "text/html").body.children) {
      const here = document.getElementById(it.id);
      if (here?.type === "textarea") here.value = it.value;
      else here?.replaceChildren(...it.childNodes);
    }
    const again = document.getElementById(at);
    if (again !== document.activeElement) again?.focus();
  };
  const ask = async (side, button) => {
    clearTimeout(waiting);
    asked.abort();
    const mine = asked = new AbortController();
    const body = new URLSearchParams(new FormData(form, button));
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${checked}?from=${side}`, { method: "POST", body, signal: mine.signal });
      const html = await answer.text();
      if (mine !== asked || !answer.ok || answer.redirected) return;
      shown(html);
      if (button?.dataset.next) document.getElementById(button.dataset.next)?.focus();
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    } finally {
      if (mine === asked) form.removeAttribute("aria-busy");
    }
  };

  form.addEventListener("input", ({ target }) => {
    changed = true;
    if (!checked) return;
    clearTimeout(waiting);
    asked.abort();
    waiting = setTimeout(ask, 600, target === text ? "yaml" : "");
  });
  form.addEventListener("change", ({ target }) => { if (checked && "again" in target.dataset) ask("form"); });
  form.addEventListener("submit", (event) => {
    if (!checked || !left.contains(event.submitter)) { changed = false; return; }
    event.preventDefault();
    changed = true;
    ask("form", event.submitter);
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
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
