// The journal as it grows: an event brings the last call's number, a page of the console brings the rows.
"use strict";

const MOST_ROWS = 500;
const body = document.querySelector("tbody[data-journal]");

function watch() {
  const live = document.querySelector("[data-live]");
  const state = live.querySelector("[data-state]");
  let last = Number(body.dataset.last);
  let busy = false;
  let wanted = last;

  async function fetchRows() {
    if (busy) return;
    busy = true;
    try {
      while (wanted > last) {
        const answer = await fetch(`${body.dataset.journal}?after=${last}`);
        if (!answer.ok) break;
        const rows = document.createElement("template");
        rows.innerHTML = await answer.text(); // escaped by the server; a script in it would not run
        const first = rows.content.querySelector("tr");
        if (!first) break;
        last = Number(first.dataset.number);
        body.prepend(rows.content);
        while (body.rows.length > MOST_ROWS) body.deleteRow(-1);
        body.closest("[role=region]").hidden = false;
        document.querySelector("[data-empty]")?.remove();
        document.querySelector("[data-calls]").textContent = last.toLocaleString("en");
      }
    } catch {
      // The server is away; when it is back, what is lacking is fetched.
    } finally {
      busy = false;
    }
  }

  const events = new EventSource(`${body.dataset.events}?last=${last}`);
  live.hidden = false;
  events.onopen = () => { live.classList.remove("lost"); state.textContent = "Live"; fetchRows(); };
  events.onerror = () => { live.classList.add("lost"); state.textContent = "Not connected"; };
  events.onmessage = (event) => {
    wanted = Number(event.data);
    if (wanted < last) { location.reload(); return; } // the journal was emptied
    fetchRows();
  };
  addEventListener("pagehide", () => events.close());
}

if (body) watch();
document.addEventListener("keydown", (event) => {
  const elsewhere = event.target.closest("input") || event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === "/" && !elsewhere) {
    const field = document.querySelector("input[type=search], .filter input");
    if (field) { field.focus(); event.preventDefault(); }
  }
});
