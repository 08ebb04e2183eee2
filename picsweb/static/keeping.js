// A part of a page that comes anew, or the page that follows a window, leaves people where they were.
(() => {
  "use strict";

  const PLACE = "where-the-window-was-opened";
  const isPane = (target) => target?.id === "window";
  const label = (element) => element.getAttribute("aria-label") || element.textContent.trim();

  // ---- parts that are asked for again and again: what is open stays open, and focus stays on what looks the same

  let before = null;

  const remember = () => {
    const focused = document.activeElement;
    const open = [...document.querySelectorAll("details[open][id]")].map((each) => each.id);
    before = { open, focused, tag: focused.tagName, id: focused.id, label: label(focused) };
  };

  const sameAsBefore = () => {
    if (before.id) return document.getElementById(before.id);
    return [...document.querySelectorAll(before.tag)].find((each) => label(each) === before.label);
  };

  const restore = () => {
    if (!before) return;
    before.open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    if (!before.focused.isConnected) {
      const place = sameAsBefore() || document.getElementById("window-title") || document.getElementById("main");
      place.focus({ preventScroll: true });
    }
    before = null;
  };

  document.addEventListener("htmx:beforeSwap", (event) => !isPane(event.detail.target) && remember());
  document.addEventListener("htmx:afterSwap", (event) => !isPane(event.detail.target) && restore());

  // ---- the page that follows a window: its message, or the link that the window was opened with, or what is near it

  document.addEventListener(
    "click",
    (event) => {
      const opener = event.target.closest("a[data-window]");
      if (!opener || opener.closest("#window")) return;
      const near = opener.closest("[aria-labelledby]")?.getAttribute("aria-labelledby");
      sessionStorage.setItem(PLACE, JSON.stringify({ page: window.location.pathname, href: opener.getAttribute("href"), near }));
    },
    true,
  );

  // Before the window is emptied: one that is closed and leaves the page as it is has nothing to come back to.
  document.addEventListener(
    "close",
    (event) => {
      if (event.target.id !== "window-frame" || event.target.querySelector("[data-reload-on-close]")) return;
      sessionStorage.removeItem(PLACE);
    },
    true,
  );

  const whereItWas = () => {
    const place = JSON.parse(sessionStorage.getItem(PLACE) || "{}");
    sessionStorage.removeItem(PLACE);
    if (place.page !== window.location.pathname) return null;
    const same = [...document.querySelectorAll("a[data-window]")].find((each) => each.getAttribute("href") === place.href);
    return same || document.getElementById(place.near || "");
  };

  document.addEventListener("DOMContentLoaded", () => {
    const place = whereItWas();
    const wanted = document.querySelector("main .messages .message") || place;
    if (!wanted || document.querySelector("main [autofocus]")) return;
    if (wanted.tagName !== "A") wanted.setAttribute("tabindex", "-1");
    wanted.focus();
  });
})();
