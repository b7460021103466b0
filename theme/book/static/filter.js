// A table of class filtered has a field in the room over it: rows stay that have all of its words, numbers with or without their commas. Its words are in book.js.

"use strict";

for (const table of document.querySelectorAll("article table.filtered")) {
  const bare = (text) => text.toLowerCase().replace(/(\d),(?=\d{3})/g, "$1");
  const rows = [...table.tBodies[0].rows].map((row) => [row, [...row.cells].map((cell) => bare(cell.textContent)).join(" ")]);
  const field = document.createElement("input");
  const count = document.createElement("output");
  const label = document.createElement("label");
  field.type = "search";
  label.append(SAY.filterBy, field);
  const update = () => {
    const words = bare(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    count.textContent = SAY.filtered(shown, rows.length);
  };
  field.addEventListener("input", update);
  (table.closest(".table-scroll") ?? table).previousElementSibling.append(label, count);
  update();
}
