// Looks at a rendered page as an auditor would, and lists what is wrong with it (WCAG 2.1 AA, and our own rules).
() => {
  const flaws = [];
  const say = (kind, what) => flaws.push(`${kind}: ${what}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  all("details").forEach((details) => { details.open = true; });

  if (!document.documentElement.lang) say("lang", "the document names no language");
  if (!document.title.trim()) say("title", "the document has no title");
  for (const landmark of ["main", "header", "footer"]) {
    const found = all(`body > ${landmark}`).length;
    if (found !== 1) say(landmark, `${found} landmarks of this kind`);
  }
  const skip = document.querySelector("a");
  if (!skip || skip.getAttribute("href") !== "#main") say("skip", "the first link does not skip to the report");

  let level = 0;
  const headings = all("h1, h2, h3, h4, h5, h6");
  if (all("h1").length !== 1) say("heading", "not exactly one h1");
  for (const heading of headings) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say("heading", `${heading.textContent} skips a level`);
    if (!heading.textContent.trim()) say("heading", "an empty heading");
    level = next;
  }

  const seen = new Set();
  for (const element of all("[id]")) {
    if (seen.has(element.id)) say("id", `${element.id} stands twice`);
    seen.add(element.id);
  }
  for (const element of all("[aria-labelledby]")) {
    if (!document.getElementById(element.getAttribute("aria-labelledby"))) say("id", "a label that does not exist");
  }
  for (const image of all("img")) if (!image.alt.trim()) say("alt", "an image without alternative text");
  for (const svg of all("svg")) {
    if (svg.getAttribute("aria-hidden") !== "true") say("alt", "a shape that is read out without a name");
  }
  for (const table of all("table")) {
    if (!table.caption) say("caption", "a table without a caption");
    if (table.querySelector("th:not([scope])") || !table.querySelector("th")) say("scope", "cells without a header");
  }
  for (const link of all("a")) {
    if (!link.textContent.trim()) say("link", "a link without text");
    const target = link.getAttribute("href");
    if (!target.startsWith("#") || !document.getElementById(target.slice(1))) say("link", `${target} leads nowhere`);
  }
  for (const summary of all("summary")) if (!summary.textContent.trim()) say("summary", "a fold without a name");
  for (const element of all("pre")) {
    if (element.scrollWidth > element.clientWidth + 1 && element.tabIndex < 0) say("focus", "scrolls by mouse only");
  }
  for (const element of all(".card *, .panel *")) {
    const [inner, outer] = [element, element.closest(".card, .panel")].map((box) => box.getBoundingClientRect());
    if (inner.right > outer.right + 1 && !element.parentElement.closest("pre, svg")) {
      say("cut", `${element.tagName} reaches beyond its card`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) say("wide", "the page scrolls sideways");

  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const parse = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
      if (color[3] > 0) say("contrast", "a translucent ground cannot be judged");
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.getClientRects().length) continue;
    const [ink, paper] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))];
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < 4.5) say("contrast", `${contrast.toFixed(2)} of "${node.textContent.trim().slice(0, 40)}"`);
    if (parseFloat(getComputedStyle(element).fontSize) < 9) say("small", node.textContent.trim().slice(0, 40));
  }
  return flaws;
}
