// Improves the page of a quiz, which works without it: answers are read back while they are typed, saved when
// they change and every few seconds, and the server's word for it is shown. Nothing is called saved that is not.
"use strict";
(() => {
  const form = document.getElementById("attempt");
  const lost = document.getElementById("lost");
  const here = form.getAttribute("action");
  const questions = new Map();
  const EVERY = 5000;

  const post = (path, fields) => {
    fields.append("form_key", form.dataset.key);
    return fetch(path, {
      method: "POST", body: fields, credentials: "same-origin", redirect: "manual",
      headers: { "HX-Request": "true", "X-Form-Key": form.dataset.key },
    });
  };

  const fieldsOf = (section) => {
    const sent = new URLSearchParams();
    for (const field of section.querySelectorAll("input, select, textarea")) {
      const unticked = ["radio", "checkbox"].includes(field.type) && !field.checked;
      if (field.name && !field.disabled && !unticked) sent.append(field.name, field.value);
    }
    return sent;
  };

  const show = (state, html) => {
    state.read.innerHTML = html;  // made by the server, escaped there; the policy lets no script in
    return state.read.firstElementChild;
  };

  const tell = () => {
    const since = [...questions.values()].map((state) => state.lostSince).filter(Boolean).sort()[0];
    lost.hidden = !since;
    if (since) lost.textContent =
      lost.dataset.text.replace("{since}", since.toLocaleTimeString("en-GB", { timeZone: lost.dataset.zone }));
  };

  const read = async (state) => {
    const typed = state.version;
    try {
      const answer = await post(`${here}/${state.id}/read`, fieldsOf(state.section));
      // Only the newest text's reading is shown.
      if (answer.ok && state.version === typed && state.dirty) show(state, await answer.text());
    } catch { /* saving tells of a connection that is lost */ }
  };

  const save = async (state) => {
    if (!state.dirty || state.saving) return;
    state.saving = true;
    const sent = state.version;
    try {
      const answer = await post(`${here}/${state.id}`, fieldsOf(state.section));
      const text = await answer.text();
      if (answer.ok || answer.status === 409 && text.includes("data-shown")) {
        const shown = show(state, text);
        state.section.querySelector("[name^='shown-']").value = shown.dataset.shown;
        state.lostSince = null;
        if (state.version === sent) state.dirty = false;
      } else if (answer.type === "opaqueredirect") {
        form.requestSubmit();  // the session is over: all that was written is kept, for whoever logs in again
      } else if (answer.status === 409) {
        location.reload();  // the attempt is over: the page says so
      } else {
        state.lostSince ??= new Date();
      }
    } catch {
      state.lostSince ??= new Date();
    }
    state.saving = false;
    tell();
  };

  // What telephones hide on their third page of keys; the style shows it where a finger points.
  const offer = (field) => {
    const row = document.createElement("span");
    row.className = "signs";
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", form.dataset.signs);
    for (const sign of ["^", "_", "(", ")", "[", "]", "√", "ᵀ", "·"]) {
      const key = document.createElement("button");
      key.type = "button";
      key.textContent = sign;
      key.addEventListener("click", () => {
        field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.focus();
      });
      row.append(key);
    }
    field.after(row);
  };
  form.querySelectorAll("input[type=text]:not([readonly])").forEach(offer);

  for (const section of form.querySelectorAll("[data-question]")) {
    const id = section.dataset.question;
    const state = { id, section, read: document.getElementById(`${id}-read`), version: 0 };
    let pause = 0;
    questions.set(id, state);
    section.addEventListener("input", () => {
      state.version += 1;
      state.dirty = true;
      clearTimeout(pause);
      pause = setTimeout(() => read(state), 250);
    });
    section.addEventListener("change", () => save(state));
    // What was typed before this ran, or was put back by the browser, is read and saved too.
    const typed = [...section.querySelectorAll("input:not([type=hidden]), textarea, select")].some((field) =>
      ["radio", "checkbox"].includes(field.type) ? field.checked !== field.defaultChecked
        : field.options ? field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected
        : field.value !== field.defaultValue);
    if (typed) section.dispatchEvent(new Event("input"));
  }
  setInterval(() => questions.forEach(save), EVERY);
  addEventListener("beforeunload", (event) => {
    if ([...questions.values()].some((state) => state.dirty)) event.preventDefault();
  });
  form.addEventListener("submit", () => questions.forEach((state) => { state.dirty = false; }));

  const clock = document.getElementById("clock");
  if (clock) {
    const told = document.getElementById("clock-told");
    const ends = Date.parse(clock.dataset.ends);
    const ahead = Date.parse(clock.dataset.now) - Date.now();  // this machine's clock may be wrong
    let spoken = Infinity;
    const tick = () => {
      const left = Math.max(0, ends - Date.now() - ahead);
      const minutes = Math.floor(left / 60000);
      clock.textContent = clock.dataset.text.replace("{left}", minutes ? `${minutes} min` : clock.dataset.least);
      for (const mark of [10, 5, 1]) {
        if (minutes < mark && spoken > mark) { spoken = mark; told.textContent = clock.textContent; }
      }
      if (!left) setTimeout(() => location.reload(), 12000);
    };
    spoken = Math.max(1, Math.ceil((ends - Date.now() - ahead) / 60000)) + 0.5;
    setInterval(tick, 15000);
  }
})();
