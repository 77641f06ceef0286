// Small helps on top of pages that work without any script.
"use strict";

// Focus the summary of mistakes, so that a screen reader starts there.
document.addEventListener("DOMContentLoaded", () => document.querySelector("[data-focus]")?.focus());

// A link of the summary leads into its field, not only to it.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.closest(".field")?.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

// A form is sent once; after ten seconds (a lost signal) it may be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (Date.now() - Number(form.dataset.sentAt || 0) < 10000) {
    event.preventDefault();
    return;
  }
  form.dataset.sentAt = Date.now();
});

// Coming back with the browser's button finds the form ready.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-sent-at]").forEach((form) => delete form.dataset.sentAt);
});

// Paper has no folds: everything is open while printing.
let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((one) => (one.open = true));
});
window.addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
