// The technical check of a unit's browser: measures what a page can, and writes it in the form's
// hidden fields. What it cannot measure, printing and cards, a person tells. Without this file the
// person tells of the clock and the network too.

(() => {
  "use strict";

  const form = document.querySelector("form[data-check]");
  if (!form) return;

  const TRIPS = 7;
  const NEEDED = {
    fetch: () => typeof fetch === "function",
    layers: () => typeof CSSLayerBlockRule === "function",
    has: () => CSS.supports("selector(:has(*))"),
    containers: () => CSS.supports("container-type", "inline-size"),
    subgrid: () => CSS.supports("grid-template-rows", "subgrid"),
  };

  const write = (name, value) => {
    form.elements.namedItem(name).value = value;
  };
  const show = (item, words, number) => {
    const place = form.querySelector(`[data-measured="${item}"]`);
    if (!place) return;
    place.textContent = place.dataset[words].replace("{}", number);
    // What is measured needs no answer.
    const asked = form.querySelector(`[data-asked="${item}"]`);
    if (asked) asked.hidden = words !== "fails";
  };
  const works = (test) => {
    try {
      return test();
    } catch {
      return false;
    }
  };
  const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];

  const browser = () => {
    const lacks = Object.keys(NEEDED).filter((it) => !works(NEEDED[it]));
    write("lacks", lacks.join(","));
    write("cookies", navigator.cookieEnabled ? "yes" : "no");
    show("browser", lacks.length ? "lacks" : "works", lacks.join(", "));
  };

  // The header has whole seconds: half of one lies between it and the server's clock, on average.
  const trip = async () => {
    const sent = performance.now();
    const answer = await fetch(form.dataset.check, { cache: "no-store", credentials: "same-origin" });
    const took = performance.now() - sent;
    if (!answer.ok) throw new Error(String(answer.status));
    const server = Date.parse(answer.headers.get("Date")) + 500;
    return { took, ahead: Date.now() - took / 2 - server };
  };

  const network = async () => {
    const trips = [];
    // The first one opens the connection, and is left out.
    await trip();
    for (let made = 0; made < TRIPS; made += 1) trips.push(await trip());
    const took = trips.map((it) => Math.round(it.took));
    write("trips", took.join(","));
    show("network", "works", median(took));
    const ahead = trips.map((it) => it.ahead).filter((it) => !Number.isNaN(it));
    if (!ahead.length) return;
    const seconds = Math.round(median(ahead) / 1000);
    write("clock_seconds", seconds);
    show("clock", "works", Math.abs(seconds));
  };

  browser();
  network().catch(() => show("network", "fails", ""));
})();
