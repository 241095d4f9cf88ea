// The screen lock, and drafts of what is typed: every five seconds, and when a field is left. A
// page without this file locks all the same: the server then keeps what is sent to it.

(() => {
  "use strict";

  const body = document.body;
  const KEEP_EVERY = 5_000;
  const TELL_EVERY = 60_000; // that somebody is here: no more often
  const LOOK_EVERY = 60_000; // whether another tab has been locked or has kept this one awake

  // ---- the sign-in page asks by itself until the service is back ----

  const again = document.querySelector("[data-ask-again]");
  if (again) {
    setInterval(async () => {
      const answer = await fetch(again.dataset.askAgain, { cache: "no-store" }).catch(() => null);
      if (answer?.ok) location.replace(again.dataset.askAgain);
    }, 10_000);
  }

  if (!body.dataset.session) return;

  // ---- drafts ----

  const forms = [...document.querySelectorAll("form[data-guard]")];
  const dirty = new Set();
  const pathOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const headers = () => JSON.parse(body.getAttribute("hx-headers:inherited"));

  // What somebody fills in: what is hidden belongs to the page that was made.
  const namesOf = (form) =>
    new Set([...form.elements].filter((it) => it.name && it.type !== "hidden").map((it) => it.name));
  const fieldsOf = (form) => {
    const names = namesOf(form);
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && names.has(name));
  };

  const wordsIn = (text) => (text || "").replace(/\s+/g, " ").trim().slice(0, 200);
  // What the page calls each field, so that it can be read again where the page is not at hand.
  const wordsOf = (form) =>
    [...form.elements].filter((it) => it.name && it.type !== "file").flatMap((it) => {
      if (it.type === "hidden" || it.tagName === "BUTTON") return [[it.name, it.value, "", ""]];
      const label = wordsIn(it.labels?.[0]?.textContent || it.getAttribute("aria-label")) || it.name;
      if (it.type === "checkbox" || it.type === "radio") {
        const asked = wordsIn(it.closest("fieldset")?.querySelector("legend")?.textContent);
        return [[it.name, it.value, asked || label, label]];
      }
      if (it.tagName !== "SELECT") return [[it.name, "", label, ""]];
      return [...it.selectedOptions].map((one) => [it.name, one.value, label, wordsIn(one.text)]);
    });

  const keep = async (form) => {
    if (!dirty.delete(form)) return;
    const told = {
      path: pathOf(form),
      page: location.pathname,
      heading: wordsIn(document.querySelector("h1")?.textContent),
      fields: fieldsOf(form),
      words: wordsOf(form),
    };
    const answer = await fetch(body.dataset.drafts, {
      method: "POST",
      headers: { ...headers(), "Content-Type": "application/json" },
      body: JSON.stringify(told),
      keepalive: true,
    }).catch(() => null);
    if (!answer?.ok) dirty.add(form);
    if (answer?.status === 401) cover();
  };
  const keepAll = () => Promise.all(forms.map(keep));

  const fill = (form, fields) => {
    const given = new Map();
    for (const [name, value] of fields) given.set(name, [...(given.get(name) || []), value]);
    for (const element of form.elements) {
      if (!element.name || element.type === "hidden" || element.type === "file") continue;
      const values = given.get(element.name) || [];
      if (element.type === "checkbox" || element.type === "radio") {
        element.checked = values.includes(element.value);
      } else if (element.tagName === "SELECT" && element.multiple) {
        for (const option of element.options) option.selected = values.includes(option.value);
      } else if ("value" in element && element.type !== "submit" && values.length) {
        element.value = values.length > 1 ? values.shift() : values[0];
      }
      element.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const bring = async (form) => {
    // A form with errors shows what was sent already.
    if (form.querySelector(".ds-error-summary")) return;
    const address = `${body.dataset.drafts}?path=${encodeURIComponent(pathOf(form))}`;
    const answer = await fetch(address, { cache: "no-store", headers: { "X-Samplan-By-Itself": "1" } });
    if (!answer.ok) return;
    const { fields } = await answer.json();
    // Two steps may share an address: the draft of one is none of the other.
    const names = namesOf(form);
    if (!fields.length || dirty.has(form) || !fields.every(([name]) => names.has(name))) return;
    fill(form, fields);
    const line = document.getElementById("draft").content.firstElementChild.cloneNode(true);
    line.querySelector("button").addEventListener("click", async () => {
      dirty.delete(form);
      const words = new URLSearchParams({ path: pathOf(form) });
      await fetch(`/drafts/forget`, { method: "POST", headers: headers(), body: words });
      location.reload();
    });
    form.prepend(line);
  };

  for (const form of forms) {
    form.addEventListener("input", () => dirty.add(form));
    form.addEventListener("focusout", () => keep(form));
    form.addEventListener("submit", () => dirty.delete(form));
    bring(form).catch(() => {});
  }
  setInterval(keepAll, KEEP_EVERY);

  // ---- the lock ----

  const cover = () => {
    if (document.querySelector("dialog.lock")) return;
    const dialog = document.getElementById("lock").content.firstElementChild.cloneNode(true);
    dialog.querySelector("[data-kept]").hidden = dirty.size > 0;
    dialog.querySelector("[data-not-kept]").hidden = dirty.size === 0;
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    body.append(dialog);
    body.classList.add("is-locked");
    dialog.showModal();
  };

  // What is typed is safe with the server, so leaving to unlock asks no question.
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("dialog.lock")) event.stopImmediatePropagation();
  }, { capture: true });

  let told = Date.now();
  const look = async (wasHere) => {
    const options = { cache: "no-store", redirect: "manual" };
    if (!wasHere) options.headers = { "X-Samplan-By-Itself": "1" };
    const answer = await fetch(body.dataset.session, options).catch(() => null);
    // Away or in trouble is not locked: whoever is here works on.
    if (answer && (answer.status === 401 || answer.type === "opaqueredirect")) cover();
  };
  const here = () => {
    if (Date.now() - told < TELL_EVERY) return;
    told = Date.now();
    look(true);
  };
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, here);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look(false);
    else keepAll();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) look(false);
  });
  setInterval(() => look(false), LOOK_EVERY);
})();
