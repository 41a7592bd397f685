// What was typed is kept while somebody confirms with a passkey on another page, and stands in its fields again when they are back:
// in this window only, once, and never a password or a code. The editor needs none of it: it saves what is typed.
"use strict";

if (!document.documentElement.dataset.typed) {
  document.documentElement.dataset.typed = "kept"; // a page may ask for several codes
  const place = `typed:${location.pathname}`;
  const apart = ["hidden", "password", "file"];
  const fields = [...document.querySelectorAll("main :is(input, select, textarea)[name]")].filter(
    (field) => !apart.includes(field.type) && field.name !== "code" && !field.closest("#draft"),
  );
  const isChosen = (field) => ["checkbox", "radio"].includes(field.type);
  const called = (field) => [field.id, field.name, isChosen(field) ? field.value : ""].join("|");
  const value = (field) => (isChosen(field) ? field.checked : field.value);

  const kept = new Map(JSON.parse(sessionStorage.getItem(place) ?? "[]"));
  sessionStorage.removeItem(place);
  for (const field of fields) {
    const typed = kept.get(called(field));
    if (typed === undefined || typed === value(field)) continue;
    field[isChosen(field) ? "checked" : "value"] = typed;
    field.closest("details")?.setAttribute("open", "");
  }

  for (const link of document.querySelectorAll("a[data-keeps]")) {
    link.addEventListener("click", () => {
      sessionStorage.setItem(place, JSON.stringify(fields.map((field) => [called(field), value(field)])));
    });
  }
}
