// Tables of class filtered have a field in the room before them: rows stay that have all of its words, their section's title among them, numbers with or without their commas. Its words are in book.js.

"use strict";

for (const room of document.querySelectorAll("article .filter")) {
  const bare = (text) => text.toLowerCase().replace(/(\d),(?=\d{3})/g, "$1");
  const parts = [...room.parentElement.querySelectorAll("table.filtered")].map((table) => {
    const part = table.closest("section");
    const title = part.querySelector("h2").firstChild.textContent;
    return { part, rows: [...table.tBodies[0].rows].map((row) => [row, bare([title, ...[...row.cells].map((cell) => cell.textContent)].join(" "))]) };
  });
  const all = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const field = document.createElement("input");
  const count = document.createElement("output");
  const label = document.createElement("label");
  field.type = "search";
  label.append(SAY.filterBy, field);
  const update = () => {
    const words = bare(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { part, rows } of parts) {
      const before = shown;
      for (const [row, text] of rows) {
        row.hidden = !words.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      part.hidden = shown === before;
    }
    count.textContent = SAY.filtered(shown, all);
  };
  field.addEventListener("input", update);
  room.append(label, count);
  update();
}
