// Makes every big table sortable, filterable and a CSV file; without scripts they are plain tables.
"use strict";

// Cells with a number sort by it; the others by their text.
const key = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent.trim() : Number.parseFloat(cell.dataset.value);
};

// Cells without a number stay last whichever way the column is sorted.
const compare = (left, right, sign) => {
  if (typeof left === "string" || typeof right === "string") {
    return typeof left === typeof right ? sign * left.localeCompare(right) : typeof left === "string" ? 1 : -1;
  }
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number.isNaN(left) - Number.isNaN(right);
  }
  return sign * (left - right);
};

// A text that a spreadsheet would take for a formula is quoted with an apostrophe.
const field = (text) => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const csv = (headers, rows) => {
  const bounded = headers.map((_, column) => rows.some((row) => row.cells[column].dataset.low !== undefined));
  const names = headers.flatMap((header, column) => {
    const name = header.textContent.trim() + (header.dataset.unit ? ` (${header.dataset.unit})` : "");
    return bounded[column] ? [name, `${name} low`, `${name} high`] : [name];
  });
  const lines = rows.map((row) =>
    headers.flatMap((_, column) => {
      const { value, low, high } = row.cells[column].dataset;
      const plain = row.cells[column].firstChild?.textContent.trim() ?? "";
      const text = value === undefined ? field(plain) : value.replace("nan", "");
      return bounded[column] ? [text, low ?? "", high ?? ""] : [text];
    }),
  );
  return [names.map(field), ...lines].map((line) => line.join(",")).join("\r\n") + "\r\n";
};

const download = (text, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

document.querySelectorAll("table.every-number").forEach((table) => {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const headers = Array.from(table.tHead.rows[0].cells);
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

  const tools = table.closest(".scroll").previousElementSibling;
  const filter = tools.querySelector("input");
  const count = tools.querySelector("[role=status]");
  tools.hidden = false;
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    rows.forEach((row) => {
      row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  });
  tools.querySelector("button").addEventListener("click", () => {
    const shown = Array.from(body.rows).filter((row) => !row.hidden);
    download(csv(headers, shown), `${table.dataset.file}.csv`);
  });
});
