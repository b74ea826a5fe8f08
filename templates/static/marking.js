// Improves the page on which an answer is marked, which works without it: keys, drafts kept every few seconds,
// and the next answer fetched ahead. Nothing is called kept or saved that the server has not said is.
"use strict";
let left = new AbortController();  // ends what listens to an answer once the next one is shown
const begin = () => {
  const { signal } = left;
  const form = document.getElementById("marks");
  const told = document.getElementById("kept");
  const comment = document.getElementById("comment");
  const criteria = [...form.querySelectorAll(".criterion")];
  const EVERY = 5000;
  let changed = false, sending = false, leaving = false;

  const pointsOf = (criterion) => criterion.querySelector(".points input");
  const shareOf = (criterion, value) => criterion.querySelector(`input[value="${value}"]`);

  const choose = (criterion, value) => {
    shareOf(criterion, value).checked = true;
    pointsOf(criterion).value = "";
    changed = true;
  };

  for (const criterion of criteria) {
    // A number counts in place of the share: only one of the two is shown as given.
    pointsOf(criterion).addEventListener("input", () => {
      for (const share of criterion.querySelectorAll("input[type=radio]")) share.checked = false;
    });
    criterion.addEventListener("change", (event) => {
      if (event.target.type === "radio") pointsOf(criterion).value = "";
    });
  }

  form.addEventListener("input", () => { changed = true; });
  // The next answer, while this one is read. What changes in it meanwhile is found when it is saved.
  let ahead = null;
  if (form.dataset.next) fetch(form.dataset.next, { credentials: "same-origin", redirect: "error", signal })
    .then(async (answer) => { if (answer.ok) ahead = await answer.text(); }).catch(() => { /* then it is fetched */ });

  const show = (address, page, progress) => {
    const shown = new DOMParser().parseFromString(page, "text/html");
    left.abort();
    left = new AbortController();
    document.getElementById("main").replaceWith(document.adoptNode(shown.getElementById("main")));
    document.title = shown.title;
    document.getElementById("progress").textContent = progress;
    history.pushState(null, "", address);
    scrollTo(0, 0);
    document.getElementById("main").focus({ preventScroll: true });
    begin();
  };

  form.addEventListener("submit", async (event) => {
    leaving = true;
    if (!ahead || event.submitter && event.submitter.name) return;
    event.preventDefault();
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
        redirect: "manual", headers: { "HX-Request": "true" },
      });
      const next = answer.ok && answer.headers.get("x-next");
      if (next && next === form.dataset.next) return show(next, ahead, await answer.text());
      if (next) return location.assign(next);
    } catch { /* the form is sent as it is, and the browser tells what is wrong */ }
    form.submit();
  });

  for (const snippet of form.querySelectorAll("[name=snippet]")) {
    snippet.addEventListener("click", (event) => {
      event.preventDefault();
      comment.value = [comment.value.trimEnd(), snippet.dataset.text].filter(Boolean).join("\n");
      changed = true;
      comment.focus();
    });
  }

  const keep = async () => {
    if (!changed || sending || leaving) return;
    sending = true;
    changed = false;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
        redirect: "manual", headers: { "HX-Request": "true" },
      });
      const text = await answer.text();
      if (leaving) return;
      told.textContent = answer.ok ? text : `Not kept: ${text || "log in again in another tab, and this page tries again"}`;
      changed = changed || !answer.ok;
    } catch {
      changed = true;
      told.textContent = "Not kept: the connection is lost. This page tries again by itself.";
    } finally { sending = false; }
  };
  const clock = setInterval(keep, EVERY);
  signal.addEventListener("abort", () => clearInterval(clock));

  // Keys: only while nothing that takes text has the focus, and off by a preference of this browser.
  const help = document.getElementById("keys");
  const list = document.getElementById("key-list");
  const wanted = document.getElementById("keys-on");
  const remembered = () => { try { return localStorage.getItem("marking-keys") !== "off"; } catch { return true; } };
  const showKeys = () => { for (const key of document.querySelectorAll(".key")) key.hidden = !wanted.checked; };
  wanted.checked = remembered();
  help.hidden = false;
  showKeys();
  wanted.addEventListener("change", () => {
    try { localStorage.setItem("marking-keys", wanted.checked ? "on" : "off"); } catch { /* for this page only */ }
    showKeys();
  });

  const follow = (address) => { if (address) location.assign(address); };
  const takesKeys = (target) => target.closest("textarea, select, button, a, summary, [contenteditable]")
    || target.matches("input:not([type=radio])");

  document.addEventListener("keydown", (event) => {
    if (!wanted.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && event.target.closest("#marks")) { event.target.blur(); return; }
    if (takesKeys(event.target)) return;
    // By the place of the key: on some keyboards digits need Shift.
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    const criterion = digit && criteria[Number(digit[1]) - 1];
    if (digit && digit[1] === "0" && !event.shiftKey) criteria.forEach((each) => choose(each, "none"));
    else if (criterion && event.shiftKey) choose(criterion, "half");
    else if (criterion) choose(criterion, shareOf(criterion, "all").checked ? "none" : "all");
    else if (event.key === "c") comment.focus();
    else if (event.key === "/") {
      const snippets = document.getElementById("snippets");
      if (!snippets) return;
      snippets.open = true;
      snippets.querySelector("button").focus();
    } else if (event.key === "Enter") form.requestSubmit(form.querySelector("button.go"));
    else if (event.key === "s") follow(form.dataset.next);
    else if (event.key === "p") follow(form.dataset.back);
    else if (event.key === "?") list.hidden = !list.hidden;
    else return;
    event.preventDefault();
  }, { signal });
};
addEventListener("popstate", () => location.reload());
begin();
