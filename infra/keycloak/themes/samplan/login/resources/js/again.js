// The way back to the huvudman's own sign-in, where the browser has lost Keycloak's cookies: the
// address still says, in Keycloak's own words, where the sign-in came from. It begins anew in
// silence, once a minute at the most; then by a button. Only an address that the client may use is
// gone to, so that nobody is led elsewhere by a link that was made up.
const MINUTE = 60_000;

const told = (text) => {
  try {
    return JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return {};
  }
};

// A state is state.tab.client.data; a sign-in through a provider has the one before it inside.
const origin = (data) => {
  const { ru = "", st = "" } = told(data);
  const before = st.split(".")[3];
  if (before) return origin(before);
  return URL.canParse(ru) ? new URL(ru).origin : "";
};

const wasJustHere = () => {
  try {
    const last = Number(sessionStorage.getItem("samplan-again"));
    sessionStorage.setItem("samplan-again", Date.now());
    return Date.now() - last < MINUTE;
  } catch {
    return true; // nothing is kept here, so that it could go on for ever
  }
};

// Keycloak loads scripts before the page.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("samplan-again");
  if (!place) return;
  const asked = new URLSearchParams(location.search);
  const from = origin((asked.get("state") || "").split(".")[3] || asked.get("client_data") || "");
  if (!place.dataset.origins.split("##").includes(`${from}/`)) return;
  const start = `${from}/sign-in/start`;
  if (!wasJustHere()) {
    location.replace(start);
    return;
  }
  document.getElementById("tryAgain").href = start;
  place.hidden = false;
  document.getElementById("samplan-start-over").hidden = true;
});
