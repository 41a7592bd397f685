// Moving by drag or by Alt and an arrow key leads to the announcement with the new time filled in; nothing is moved here.
"use strict";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function move(link, day) {
  location.assign(`${link.dataset.move}?deplacer=${day}T${link.dataset.time}#deplacer`);
}

function shifted(day, by) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + by)).toISOString().slice(0, 10);
}

let dragged = null;

for (const appointment of document.querySelectorAll("[draggable]")) {
  appointment.addEventListener("dragstart", (event) => {
    dragged = appointment.querySelector("[data-move]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim());
  });
  appointment.addEventListener("keydown", (event) => {
    const step = event.altKey && STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    move(event.target.closest("[data-move]"), shifted(appointment.closest("[data-day]").dataset.day, step));
  });
}

for (const day of document.querySelectorAll("[data-day]")) {
  day.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    day.classList.add("target");
  });
  day.addEventListener("dragleave", () => day.classList.remove("target"));
  day.addEventListener("drop", (event) => {
    event.preventDefault();
    day.classList.remove("target");
    if (dragged && dragged.closest("[data-day]") !== day) move(dragged, day.dataset.day);
    dragged = null;
  });
}
