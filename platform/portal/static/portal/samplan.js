// What a page gains when scripts run: keys in lists, a countdown that moves, and a question before
// unsaved words are lost. Every page does its work without this file.

(() => {
  "use strict";

  const body = document.body;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- countdown ----
  // The server's clock decides: a ward's computer may be minutes wrong.

  const ahead = Date.parse(body.dataset.now) - Date.now() || 0;
  const [days, hours, minutes] = (body.dataset.units || "dygn tim min").split(" ");

  const span = (milliseconds) => {
    const left = Math.floor(Math.abs(milliseconds) / 60_000);
    const [d, h, m] = [Math.floor(left / 1440), Math.floor(left / 60) % 24, left % 60];
    if (d) return h ? `${d} ${days} ${h} ${hours}` : `${d} ${days}`;
    if (h) return m ? `${h} ${hours} ${m} ${minutes}` : `${h} ${hours}`;
    return `${m} ${minutes}`;
  };

  const count = () => {
    for (const element of all("[data-due]")) {
      const left = Date.parse(element.dataset.due) - Date.now() - ahead;
      const words = left < 0 ? element.dataset.late : element.dataset.ahead;
      if (!words || Number.isNaN(left)) continue;
      const text = words.replace("{}", span(left));
      if (element.textContent !== text) element.textContent = text;
      if (left < 0) element.closest(".deadline")?.setAttribute("data-state", "overdue");
    }
  };

  // ---- keys ----
  // Single letters can be switched off in the settings (WCAG 2.1.4) and rest while one writes.

  const isWriting = (element) =>
    element.closest("input, select, textarea, [contenteditable], dialog[open]") !== null;

  const rows = () => all(".row-link");

  const step = (by) => {
    const links = rows();
    if (!links.length) return;
    const row = document.activeElement.closest(".row");
    const here = links.findIndex((link) => row?.contains(link));
    const next = here < 0 ? 0 : Math.min(Math.max(here + by, 0), links.length - 1);
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
  };

  const press = (letter) => {
    const row = document.activeElement.closest(".row");
    const target = (row || document).querySelector(`[data-hotkey="${letter}"]`);
    if (!target || (!row && rows().length)) return;
    const closed = target.closest("details:not([open])");
    if (closed) closed.open = true;
    target.focus();
    target.click();
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    v: () => press("v"),
    f: () => press("f"),
    "/": () => {
      const search = document.querySelector("[data-search]");
      const closed = search?.closest("details:not([open])");
      if (closed) closed.open = true;
      search?.focus();
    },
    "?": () => {
      const help = document.querySelector("[data-keys-help]");
      if (help) help.open = !help.open;
      help?.querySelector("summary")?.focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.(".menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      return;
    }
    if (body.dataset.keys !== "on" || isWriting(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // ---- menus close when one leaves them ----

  document.addEventListener("click", (event) => {
    for (const menu of all(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // ---- filters: open in a wide window, where their summary is not shown ----

  const wide = window.matchMedia("(width > 48rem)");
  const unfold = () => {
    for (const filters of all(".filters:not([data-in-use])")) filters.open = wide.matches;
  };

  // ---- unsaved words ----

  let isUnsaved = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) isUnsaved = true;
  });
  document.addEventListener("submit", () => {
    isUnsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isUnsaved) return;
    event.preventDefault();
    event.returnValue = body.dataset.unsaved;
  });

  // ---- focus goes to what went wrong ----

  const showErrors = () => document.querySelector(".ds-error-summary")?.focus();

  // ---- a one-time key is used once, so a button is pressed once ----

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || !button || event.target.method !== "post") return;
    button.setAttribute("aria-busy", "true");
    // After the form's own data has been gathered, or the button's value would be lost.
    setTimeout(() => button.setAttribute("disabled", ""), 0);
  });
  window.addEventListener("pageshow", () => {
    for (const button of all("button[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.removeAttribute("disabled");
    }
  });

  document.addEventListener("htmx:after:swap", () => {
    count();
    unfold();
    showErrors();
  });
  wide.addEventListener("change", unfold);
  count();
  unfold();
  showErrors();
  setInterval(count, 60_000);
})();
