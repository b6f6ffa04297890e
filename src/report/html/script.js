
"use strict";
// Narrowing and searching of lists, pages of checks in place, the theme. The page is whole without this.
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const PROBLEMS = ["fail", "warn", "error"];
const FEW = 200;

// ---- The theme: what the system says, until the reader says something else -------------------------
const theme = document.getElementById("theme");
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";
const nameTheme = () => { theme.textContent = isDark() ? "Light theme" : "Dark theme"; };
theme.hidden = false;
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
systemDark.addEventListener("change", nameTheme);
nameTheme();

// ---- Filters --------------------------------------------------------------------------------------
const said = new WeakMap();
const words = (element) => {
  if (!said.has(element)) said.set(element, element.textContent.toLowerCase());
  return said.get(element);
};

function narrow(form) {
  const { items, boxes, thing } = form.dataset;
  const kind = form.elements.is.value;
  const wanted = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = (element) => wanted.every((word) => words(element).includes(word));
  const list = all(items);
  let shown = 0;
  for (const item of list) {
    const is = item.dataset.is;
    const fits = (kind === "all" || kind === is || (kind === "problems" && PROBLEMS.includes(is))) && isWanted(item);
    item.classList.toggle("off", !fits);
    if (!fits) continue;
    shown += 1;
    // Of many findings, those that the words are about; where they are about the check itself, all.
    const findings = all(".finding", item);
    const some = wanted.length > 0 && findings.some(isWanted);
    for (const finding of findings) finding.classList.toggle("off", some && !isWanted(finding));
    if (some && shown <= FEW) for (const rest of all(".rest", item)) rest.open = true;
  }
  const isNarrowed = kind !== "all" || wanted.length > 0;
  for (const box of all(boxes)) {
    const isEmpty = !box.querySelector("[data-is]:not(.off)");
    (box.closest(".tree li") ?? box).classList.toggle("off", isEmpty);
    if (isNarrowed && !isEmpty && shown <= FEW) box.open = true;
  }
  form.querySelector("output").textContent = isNarrowed
    ? `Showing ${shown} of ${list.length} ${thing}s`
    : `${list.length} ${thing}${list.length === 1 ? "" : "s"}`;
}

const forms = all("form.filter");

// What is chosen stands in the address, so that it can be sent to somebody.
function remember() {
  const state = new URLSearchParams();
  for (const form of forms) {
    if (form.elements.is.value !== "all") state.set(form.name, form.elements.is.value);
    if (form.elements.text.value) state.set(`${form.name}-text`, form.elements.text.value);
  }
  history.replaceState(null, "", `#${state}`);
}

function recall() {
  if (!location.hash.includes("=")) return;
  const state = new URLSearchParams(location.hash.slice(1));
  for (const form of forms) {
    const kind = [...form.elements.is].find((choice) => choice.value === state.get(form.name));
    (kind ?? form.elements.is[0]).checked = true;
    form.elements.text.value = state.get(`${form.name}-text`) ?? "";
    narrow(form);
  }
}

for (const form of forms) {
  form.hidden = false;
  let waiting;
  const changed = () => { narrow(form); remember(); };
  form.addEventListener("change", changed);
  form.elements.text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of all("[data-open]", form)) {
    button.addEventListener("click", () => {
      for (const box of all(form.dataset.boxes)) box.open = button.dataset.open === "yes";
    });
  }
  narrow(form);
}

// ---- Going to a place that a filter hides, or that folds --------------------------------------------
function reveal() {
  const target = location.hash.includes("=") ? null : document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest(".off")) {
    for (const form of forms) {
      form.reset();
      narrow(form);
    }
  }
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", () => { recall(); reveal(); });
recall();
reveal();

// ---- The page of a check, beside what it found -------------------------------------------------------
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.id");
  if (!link) return;
  const page = document.getElementById(link.hash.slice(1));
  event.preventDefault();
  const check = link.closest(".check");
  const shown = check.querySelector(":scope > .page");
  if (shown) {
    shown.remove();
  } else {
    const copy = page.cloneNode(true);
    copy.removeAttribute("id");
    (link.closest(".which") ?? check.lastElementChild).after(copy);
  }
  link.setAttribute("aria-expanded", String(!shown));
});

// ---- Paper: everything that is wrong is open -----------------------------------------------------------
addEventListener("beforeprint", () => { for (const box of all("details.problems")) box.open = true; });
