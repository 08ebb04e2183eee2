// Windows: a link with data-window shows its page in a dialog over this one. Without this script it is a plain link.
(() => {
  "use strict";

  const frame = () => document.getElementById("window-frame");
  const pane = () => document.getElementById("window");
  const isPlainClick = (event) =>
    event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

  const openWindow = (address) => {
    htmx.ajax("GET", address, { target: "#window", swap: "innerHTML show:none" });
  };

  const closeWindow = () => frame().close();

  const focusFirst = () => {
    const wrong = pane().querySelector("[autofocus], .error-summary, .card-warning[tabindex]");
    const field = pane().querySelector("form:not([data-read-first]) :is(input, select, textarea):not([type=hidden])");
    (wrong || field || document.getElementById("window-title"))?.focus();
  };

  // ---- while the server works: said in words, on the button that was pressed too. Not for what comes at once.

  const NOTICEABLE = 400;
  let closings = 0;
  const begun = new WeakMap(); // by request: how often a window had been closed by then
  let working = null;

  const openEmpty = () => {
    const title = document.createElement("h2");
    Object.assign(title, { id: "window-title", tabIndex: -1, textContent: "Please wait" });
    pane().replaceChildren(title);
    frame().showModal();
    title.focus();
  };

  const sayThatItWorks = (path, button) => {
    const asked = path.includes("/onefile/") ? "OneFile is being asked. This can take some seconds." : "One moment, please.";
    if (!frame().open) openEmpty();
    pane().setAttribute("aria-busy", "true");
    document.getElementById("window-status").textContent = asked;
    if (!button) return;
    working.words = button.textContent;
    button.textContent = `${button.textContent.trim()}: please wait…`;
  };

  const stopSaying = () => {
    if (!working) return;
    clearTimeout(working.timer);
    if (working.words) working.button.textContent = working.words;
    working = null;
    pane().removeAttribute("aria-busy");
    document.getElementById("window-status").textContent = "";
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { target, requestConfig, xhr } = event.detail;
    if (target !== pane()) return;
    stopSaying();
    begun.set(xhr, closings);
    const button = requestConfig.triggeringEvent?.submitter;
    working = { button, timer: setTimeout(() => sayThatItWorks(requestConfig.path, button), NOTICEABLE) };
  });

  document.addEventListener(
    "click",
    (event) => {
      if (!isPlainClick(event) || !frame()) return;
      const closer = frame().open && event.target.closest("[data-window-close]");
      const opener = event.target.closest("a[data-window]");
      if (closer) closeWindow();
      else if (opener) openWindow(opener.href);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-check-all]")) return;
    const boxes = event.target.closest("table").querySelectorAll("td.choice input");
    boxes.forEach((box) => (box.checked = event.target.checked));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    const search = document.querySelector("input[data-search-key]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // An answer that is no window (a finished form leads back to a page, a sign-in is due) is opened as a page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== pane()) return;
    if (event.detail.requestConfig.verb === "get" && begun.get(event.detail.xhr) !== closings) {
      event.detail.shouldSwap = false; // closed while it was read
      return;
    }
    stopSaying();
    if (event.detail.serverResponse.includes("data-window-content")) return;
    event.detail.shouldSwap = false;
    window.location.assign(event.detail.xhr.responseURL);
  });

  // htmx notes the address of a boosted form whatever hx-push-url says: a window leaves that of its page alone.
  document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    if (event.detail.target !== pane()) return;
    event.detail.history.type = "replace";
    event.detail.history.path = window.location.href;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== pane()) return;
    if (!frame().open) frame().showModal();
    focusFirst();
  });

  document.addEventListener("htmx:sendError", (event) => {
    stopSaying();
    if (event.detail.target === pane()) window.location.assign(event.detail.pathInfo.requestPath);
  });

  document.addEventListener("DOMContentLoaded", () => {
    frame()?.addEventListener("close", () => {
      closings += 1;
      stopSaying();
      const stale = pane().querySelector("[data-reload-on-close]");
      pane().replaceChildren();
      if (stale) window.location.reload();
    });
  });
})();
