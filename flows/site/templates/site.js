"use strict";
/* The search of the pages. It runs in the browser, on an index that lies beside them in parts, one a
   month, newest first; each is a script, since a page read from a disk may not ask for anything else. */
(() => {
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const most = 100;
  const papers = [];

  window.paperhouse = {
    add(entries) {
      for (const [file, title, authors, day, votes, topics] of entries) {
        papers.push({ file, title, authors, day, votes, topics, inTitle: plain(title),
          anywhere: plain([title, authors, topics, file].join(" ")) });
      }
    },
  };

  const load = (shard) => new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = `search/${shard}.js`;
    script.onload = script.onerror = resolve;
    document.head.append(script);
  });

  const element = (tag, kind, text) => {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    if (text) made.textContent = text;
    return made;
  };

  const line = (paper) => {
    const item = element("li");
    const title = element("a", "", paper.title);
    title.href = `papers/${encodeURIComponent(paper.file)}.html`;
    title.dir = "auto";
    const names = paper.authors.split(", ");
    const by = names.length > 4 ? `${names.slice(0, 3).join(", ")} and others` : paper.authors;
    const votes = paper.votes === null ? [] : [`${paper.votes} ${paper.votes === 1 ? "vote" : "votes"}`];
    item.append(title, element("p", "by", by), element("p", "quiet", [paper.day, ...votes].filter(Boolean).join(" · ")));
    return item;
  };

  const find = (words) => {
    const rank = (paper) => words.filter((word) => paper.inTitle.includes(word)).length;
    const hits = papers.filter((paper) => words.every((word) => paper.anywhere.includes(word)));
    return hits.map((paper) => [rank(paper), paper])
      .sort(([a, one], [b, other]) => b - a || other.day.localeCompare(one.day) || (other.votes ?? 0) - (one.votes ?? 0))
      .map(([, paper]) => paper);
  };

  const show = (asked, list, told) => {
    const words = plain(asked).split(/\s+/).filter(Boolean);
    const hits = words.length ? find(words) : [];
    list.replaceChildren(...hits.slice(0, most).map(line));
    const count = hits.length === 1 ? "1 paper" : `${hits.length.toLocaleString("en")} papers`;
    told.textContent = !words.length ? "" : hits.length > most ? `${count}; the first ${most} are below.` : `${count}.`;
  };

  const begin = async () => {
    const list = document.getElementById("found");
    if (!list || !list.dataset.shards) return;
    const input = document.getElementById("words");
    const told = document.getElementById("told");
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    input.focus();
    told.textContent = "Reading the index …";
    await Promise.all(list.dataset.shards.split(" ").filter(Boolean).map(load));
    const search = () => show(input.value, list, told);
    input.addEventListener("input", search);
    input.form.addEventListener("submit", (event) => {
      event.preventDefault();
      history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
      search();
    });
    search();
  };

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    (document.getElementById("words") ?? document.getElementById("find")).focus();
  });

  begin();
})();
