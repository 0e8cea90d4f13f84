// The page: the routes behind the hash, and what stands on every view.

import { examples, info } from "./api.js";
import { ask, offerDomains, startAsking } from "./ask.js";
import { h, plural, show } from "./dom.js";
import { endpoints } from "./endpoints.js";
import { entity } from "./entity.js";
import { sparqlConsole } from "./console.js";
import { sources } from "./sources.js";

const main = document.getElementById("main");
const hero = document.getElementById("hero");

/** The views, each with the part of the bar that it belongs to. */
const VIEWS = [
  { path: /^\/?$/, run: (target) => ask(target, new URLSearchParams()), nav: "#/" },
  { path: /^\/ask\?(.*)$/, run: (target, [, query]) => ask(target, new URLSearchParams(query)), nav: "#/" },
  { path: /^\/entity\/(.+)$/, run: (target, [, iri]) => entity(target, decodeURIComponent(iri)), nav: null },
  { path: /^\/sources$/, run: sources, nav: "#/sources" },
  { path: /^\/sparql(?:\?(.*))?$/, run: (target, [, query]) => sparqlConsole(target, new URLSearchParams(query)), nav: "#/sparql" },
  { path: /^\/endpoints$/, run: endpoints, nav: "#/endpoints" },
];

let turn = 0;

async function route() {
  const mine = ++turn;
  const path = location.hash.slice(1);
  for (const view of VIEWS) {
    const match = path.match(view.path);
    if (!match) continue;
    const isAsk = view.nav === "#/";
    hero.classList.toggle("small", path !== "" && path !== "/");
    hero.hidden = !isAsk && view.nav !== null;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.getAttribute("href") === view.nav) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    // A late answer of a view that was left must not overwrite this one.
    const target = h("div", { class: "view" });
    show(main, target);
    await view.run(target, match);
    if (mine === turn && !isAsk) {
      main.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    return;
  }
  show(main, h("div", { class: "notice" }, h("p", {}, "There is no such view. ", h("a", { href: "#/" }, "Start again."))));
}

async function start() {
  startAsking();
  window.addEventListener("hashchange", route);
  route();
  const state = document.getElementById("state");
  const known = await info();
  if (known) {
    const { serverInfo, domains } = known;
    show(
      state,
      h("span", {}, plural(serverInfo.statements, "statement")),
      h("span", {}, plural(serverInfo.sources, "source")),
      h("span", { title: "version of the graph" }, `version ${serverInfo.graphVersion}`),
    );
    offerDomains(domains.nodes);
  } else {
    show(state, h("span", { class: "bad" }, "the server does not answer"));
  }
  try {
    const words = await examples();
    show(
      document.getElementById("examples"),
      words.length ? h("span", {}, "Try") : null,
      words.map((word) => h("a", { href: `#/ask?${new URLSearchParams({ text: word })}` }, word)),
    );
  } catch {
    // Chips are a courtesy; the ask box works without them.
  }
}

start();
