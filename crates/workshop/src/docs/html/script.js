
(() => {
  const MOST = 60;
  const input = document.getElementById("search");
  const found = document.getElementById("found");
  const count = document.getElementById("count");
  const menu = document.querySelector(".menu");
  const title = document.title;
  let things;

  // What can be found is what the page says of itself.
  const read = () => [...document.querySelectorAll("[data-find]")].map((own) => ({
    text: own.firstChild.textContent,
    kind: own.dataset.find,
    table: own.dataset.in || "",
    id: own.id || own.parentElement.id,
  }));

  // The beginning of a name before its middle, tables before what they have.
  const rank = (thing, words) => {
    const text = thing.text.toLowerCase();
    const whole = `${thing.table} ${text} ${thing.kind}`.toLowerCase();
    if (!words.every((word) => whole.includes(word))) return -1;
    const last = words[words.length - 1];
    if (!text.includes(last)) return -1;
    return (text === last ? 0 : text.startsWith(last) ? 1 : 2) * 2 + (thing.table ? 1 : 0);
  };

  const search = () => {
    const words = input.value.toLowerCase().split(/[\s.]+/).filter(Boolean);
    found.replaceChildren();
    menu.hidden = words.length > 0;
    count.textContent = "";
    if (words.length === 0) return;
    things ??= read();
    const hits = things
      .map((thing) => [rank(thing, words), thing])
      .filter(([place]) => place >= 0)
      .sort(([a], [b]) => a - b);
    for (const [, thing] of hits.slice(0, MOST)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const kind = document.createElement("small");
      link.href = `#${thing.id}`;
      link.textContent = thing.table ? `${thing.table}.${thing.text} ` : `${thing.text} `;
      kind.textContent = thing.kind;
      link.append(kind);
      item.append(link);
      found.append(item);
    }
    const more = hits.length > MOST ? `, the first ${MOST} of them here` : "";
    count.textContent = hits.length === 0 ? "nothing found" : `${hits.length} found${more}`;
  };

  const move = (step) => {
    const stops = [input, ...found.querySelectorAll("a")];
    const place = stops.indexOf(document.activeElement);
    if (place < 0) return false;
    stops[Math.min(Math.max(place + step, 0), stops.length - 1)].focus();
    return true;
  };

  const here = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const page = target && target.closest(".page");
    const heading = page && page.querySelector("h1, h2");
    document.title = heading && page.id !== "overview" ? `${heading.textContent} – ${title}` : title;
    for (const link of document.querySelectorAll(".menu a")) {
      if (page && link.hash === `#${page.id}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (!target) scrollTo(0, 0);
    else target.scrollIntoView();
  };

  input.parentElement.hidden = false;
  input.addEventListener("input", search);
  addEventListener("hashchange", here);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
      input.select();
    }
    if (event.key === "Escape" && input.value !== "") {
      input.value = "";
      search();
      input.focus();
    }
    if (event.key === "Enter" && document.activeElement === input) found.querySelector("a")?.click();
    if ((event.key === "ArrowDown" && move(1)) || (event.key === "ArrowUp" && move(-1))) event.preventDefault();
  });
  if (matchMedia("(max-width: 48rem)").matches) menu.open = false;
  here();
})();
