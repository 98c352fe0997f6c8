// Sends a one-time code as soon as its six digits stand there: typed, pasted, or filled in by the phone, also before this script
// had come. What a browser puts back by itself when somebody returns to the page is an old code, and is not sent.
"use strict";
const form = document.querySelector("form[data-code]");
const field = form && form.querySelector("input[name=code]");
let sent = false;
function look() {
  if (!sent && field.value.replace(/\D/g, "").length === 6) {
    sent = true;
    form.requestSubmit();
  }
}
if (field) {
  field.addEventListener("input", look);
  form.addEventListener("submit", () => { sent = true; });
  const [arrival] = performance.getEntriesByType("navigation");
  if (arrival && arrival.type === "navigate") look();
}
