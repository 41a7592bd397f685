// Copies an exact text; where the browser does not allow that, the text is selected and a person copies it.
"use strict";

async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // without https there is no clipboard, but this old way
  }
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const said = button.parentElement.querySelector("[role=status]");
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copied(document.getElementById(button.dataset.copies));
    said.textContent = done ? said.dataset.done : said.dataset.else;
  });
}
