// The calmer half of the pages: everything here also works without it. One module, no inline code, no innerHTML.

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => within.querySelectorAll(selector);

// Menu: the same list as a drawer. It moves into a dialog while open and back when closed.
for (const link of all("[data-drawer]")) {
  link.addEventListener("click", (event) => {
    const menu = document.getElementById(link.dataset.drawer);
    if (!menu) return;
    event.preventDefault();
    const place = document.createComment("");
    const drawer = document.createElement("dialog");
    drawer.className = "drawer";
    drawer.setAttribute("aria-label", menu.getAttribute("aria-label"));
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button third";
    close.textContent = link.dataset.close;
    close.addEventListener("click", () => drawer.close());
    menu.replaceWith(place);
    drawer.append(close, menu);
    document.body.append(drawer);
    drawer.addEventListener("click", (inside) => inside.target === drawer && drawer.close());
    drawer.addEventListener("close", () => {
      place.replaceWith(menu);
      drawer.remove();
      link.focus();
    });
    drawer.showModal();
  });
}

// An open list of languages closes with Escape and by a press elsewhere.
const languages = one("details.languages");
if (languages) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !languages.open) return;
    languages.open = false;
    one("summary", languages).focus();
  });
  document.addEventListener("click", (event) => {
    if (!languages.contains(event.target)) languages.open = false;
  });
}

// Passwords: show and hide.
for (const button of all("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  const [show, hide] = [button.textContent, button.dataset.wordsHide];
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? hide : show;
    button.setAttribute("aria-pressed", shown);
  });
  field.form?.addEventListener("submit", () => (field.type = "password"));
}

// A second press on a form that is already on its way is ignored; a page restored by Back starts anew.
const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) sent.delete(form);
});

// Mistakes take the focus, and their links put it into the field.
one("#mistakes")?.focus();
for (const link of all("#mistakes a")) {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.closest(".field")?.scrollIntoView({ block: "nearest" });
  });
}

// What families read, with what is typed: the server draws the piece anew a moment after the last key. The browser
// reads its answer as a page that runs nothing; text made into a page here would be refused.
const look = one("form[data-look]");
const preview = one("#preview");
if (look && preview) {
  let asked;
  const draw = () => {
    const body = new FormData(look);
    body.set("act", "look");
    asked = new XMLHttpRequest();
    asked.open("POST", location.pathname);
    asked.responseType = "document";
    asked.addEventListener("load", ({ target }) => {
      const drawn = target.status === 200 && target.response && one("#preview", target.response);
      if (drawn) preview.replaceChildren(...drawn.childNodes);
    });
    asked.send(new URLSearchParams(body));
  };
  let waiting;
  look.addEventListener("input", () => {
    asked?.abort();
    clearTimeout(waiting);
    waiting = setTimeout(draw, 400);
  });
}

// School words open in place.
for (const term of all("[data-term]")) {
  const button = document.createElement("button");
  const meaning = document.createElement("span");
  button.type = "button";
  button.textContent = term.textContent;
  button.setAttribute("aria-expanded", "false");
  meaning.className = "term-meaning";
  meaning.hidden = true;
  meaning.textContent = term.dataset.term;
  button.addEventListener("click", () => {
    meaning.hidden = !meaning.hidden;
    button.setAttribute("aria-expanded", String(!meaning.hidden));
  });
  term.replaceChildren(button, meaning);
}

// Hide screen: blanks the page at once for people who share a counter.
const curtain = one("#hidden-screen");
for (const button of all("[data-hide-screen]")) {
  button.hidden = false;
  button.addEventListener("click", () => curtain.showModal());
}
one("[data-show-screen]")?.addEventListener("click", () => curtain.close());

// A shared counter: after two quiet minutes the screen hides itself, and every other tab with it.
const hide = one("[data-hide-after]");
if (hide) {
  const tabs = new BroadcastChannel("counter");
  let busy = Date.now();
  const move = () => {
    if (Date.now() - busy < 1000) return;
    busy = Date.now();
    tabs.postMessage("busy");
  };
  for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) addEventListener(kind, move, { passive: true });
  tabs.addEventListener("message", ({ data }) => {
    busy = Date.now();
    if (data === "hide") location.assign(hide.action + "?next=" + encodeURIComponent(location.pathname));
  });
  hide.addEventListener("submit", () => tabs.postMessage("hide"));
  setInterval(() => Date.now() - busy > hide.dataset.hideAfter * 1000 && hide.requestSubmit(), 1000);
}

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Two minutes before the sign-out the page asks; another tab's visit to the portal puts it off here too.
const idle = one("#idle");
if (idle) {
  const words = one("[data-idle-seconds]", idle);
  const limit = Number(words.dataset.idleSeconds) * 1000;
  const visits = new BroadcastChannel("visits");
  let ends = Date.now() + limit;
  const postpone = () => {
    ends = Date.now() + limit;
    if (idle.open) idle.close();
  };
  visits.addEventListener("message", postpone);
  visits.postMessage("visit");
  const say = (sentence) => {
    if (words.textContent !== sentence) words.textContent = sentence;
  };
  // What stands in a form of this page is kept by the server for after the next sign-in; it is not sent.
  const keep = async () => {
    for (const form of document.forms) {
      if (form.method !== "post" || new URL(form.action).pathname !== location.pathname) continue;
      const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
      try {
        const body = new URLSearchParams(fields);
        const answer = await fetch(location.pathname, { method: "POST", headers: { "X-Keep": "1" }, body });
        if (answer.status === 204) return "?typed=1";
      } catch {
        // Offline: the page that comes next says so.
      }
    }
    return location.search;
  };
  const watch = setInterval(async () => {
    const rest = ends - Date.now();
    if (rest <= 0) {
      clearInterval(watch);
      location.assign(location.pathname + (await keep()));
    } else if (rest <= 120_000) {
      if (!idle.open) idle.showModal();
      say(rest > 60_000 ? words.dataset.two : rest > 20_000 ? words.dataset.one : words.dataset.soon);
    }
  }, 1000);
  const stay = async () => {
    try {
      const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" });
      if (!answer.ok) return location.assign(location.pathname + location.search);
      postpone();
      visits.postMessage("visit");
    } catch {
      say(words.dataset.soon);
    }
  };
  one("[data-stay]", idle).addEventListener("click", stay);
  idle.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
}
