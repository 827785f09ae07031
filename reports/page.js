// Makes every column of the big table sortable and the table filterable; without scripts it is a plain table.
"use strict";
const table = document.getElementById("every-number");
if (table) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const headers = Array.from(table.tHead.rows[0].cells);

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number.parseFloat(cell.dataset.value);
  };
  // Cells without a number stay last whichever way the column is sorted.
  const compare = (left, right, sign) => {
    if (typeof left === "string" || typeof right === "string") {
      return typeof left === typeof right ? sign * left.localeCompare(right) : typeof left === "string" ? 1 : -1;
    }
    return sign * (left - right);
  };
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const sign = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      const sorted = rows.map((row) => [key(row, column), row]);
      sorted.sort((left, right) => compare(left[0], right[0], sign));
      body.append(...sorted.map((entry) => entry[1]));
    });
  });

  const filter = document.getElementById("filter");
  const count = document.getElementById("filter-count");
  filter.closest("p").hidden = false;
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    rows.forEach((row) => {
      row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  });
}
