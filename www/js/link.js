// The view in the page's address, to be sent to somebody who has the same files: how the picture is looked at, never what
// it is and where it lies. `#v=1&view=aces-2.0&exposure=-1.5&frame=1004`; what is as it always is stays out.

const VERSION = "1";
const DIALS = ["exposure", "gamma", "offset"];
const FLAGS = { clipping: "clipping", falseColor: "false-colour" };
const TABS = ["findings", "probe", "scopes", "compare", "notes", "metadata"];
/** How long nothing must change before the address does, in milliseconds. */
const SETTLED = 250;

/** What choices there are, and which of them need no word. */
function neutralOf({ views, displays, isolations, ...catalog }) {
  const dials = Object.fromEntries(DIALS.map((id) => [id, catalog[id].neutral]));
  return { view: views[0].id, display: displays[0].id, isolate: isolations.find(({ id }) => id === "color").id, ...dials };
}

/** Everything that a link may say and that makes sense here; the rest is passed over. @param {string} hash @param {any} catalog */
export function readLink(hash, catalog) {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  if (said.get("v") !== VERSION) return null;
  const look = {};
  for (const [name, choices] of [["view", catalog.views], ["display", catalog.displays], ["isolate", catalog.isolations]]) {
    if (choices.some(({ id }) => id === said.get(name))) look[name] = said.get(name);
  }
  for (const id of DIALS) {
    const { min, max } = catalog[id];
    const value = Number(said.get(id) ?? Number.NaN);
    if (value >= min && value <= max) look[id] = value;
  }
  for (const [name, word] of Object.entries(FLAGS)) if (said.get(word) === "on") look[name] = true;
  const frame = /^-?\d{1,9}$/.test(said.get("frame") ?? "") ? Number(said.get("frame")) : null;
  return { look, frame, layer: said.get("layer"), tab: TABS.includes(said.get("tab")) ? said.get("tab") : null };
}

/** @param {any} state @param {any} catalog @returns {string} without its `#`; empty where there is nothing to say */
export function writeLink({ look, shot, frame, inspection, layer, tab }, catalog) {
  const said = new URLSearchParams();
  for (const [name, usual] of Object.entries(neutralOf(catalog))) if (look[name] !== usual) said.set(name, String(look[name]));
  for (const [name, word] of Object.entries(FLAGS)) if (look[name]) said.set(word, "on");
  if (inspection && layer >= 0 && layer !== inspection.default_layer) said.set("layer", inspection.layers[layer].name);
  if (shot?.numbered && frame && frame !== shot.frames[0]) said.set("frame", String(frame.number));
  if (tab !== TABS[0]) said.set("tab", tab);
  return String(said) && `v=${VERSION}&${said}`;
}

/** Lets the address follow the view, and the view a link. @param {any} app */
export function createLink(app) {
  const { store, catalog } = app;
  // The word by which a server says that it has files stays where it is.
  const served = location.hash.startsWith("#files") ? "files" : "";
  let timer = 0;

  /** What a link asks for before there are files; the first ones that are opened get it. */
  app.linked = null;
  function follow() {
    const link = readLink(location.hash, catalog);
    if (!link) return;
    app.linked = link;
    store.set({ look: { ...store.state.look, ...link.look }, ...(link.tab ? { tab: link.tab } : {}) });
    if (store.state.inspection) app.look(link.look);
  }

  function write() {
    const text = [served, writeLink(store.state, catalog)].filter(Boolean).join("&");
    const next = text ? `#${text}` : location.pathname + location.search;
    try {
      if (location.hash !== (text ? next : "")) history.replaceState(history.state, "", next);
    } catch {
      // Some browsers refuse a page from a disk its history: it does without.
    }
  }

  follow();
  addEventListener("hashchange", follow);
  store.on(["look", "shot", "frame", "inspection", "layer", "tab"], ({ playing, phase }) => {
    clearTimeout(timer);
    if (!playing && phase === "ready") timer = setTimeout(write, SETTLED);
  });
}
