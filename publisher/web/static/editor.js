// The editor: what is pasted keeps its meaning and drops its make-up; a lost connection is said, and what was typed is sent again.
"use strict";

const AGAIN = 2000; // ms until what could not be saved is sent again
const HEADINGS = { H1: "# ", H2: "## ", H3: "### ", H4: "### ", H5: "### ", H6: "### " };
const BLOCKS = new Set(["P", "DIV", "SECTION", "ARTICLE", "BLOCKQUOTE", "TABLE", "TR", "UL", "OL", "BODY", "MAIN", "HEADER", "FOOTER"]);
const UNREAD = new Set(["STYLE", "SCRIPT", "META", "LINK", "TITLE", "HEAD", "XML", "NOSCRIPT", "TEMPLATE", "IMG"]);

function marked(element, words) {
  const inner = words.trim();
  if (!inner) return words;
  const weight = /font-weight:\s*(\w+)/.exec(element.dataset.style)?.[1];
  const strong = ["B", "STRONG"].includes(element.tagName) ? weight !== "normal" : weight === "bold" || Number(weight) > 500;
  const slanted = ["I", "EM"].includes(element.tagName) || /font-style:\s*italic/.test(element.dataset.style);
  const mark = strong ? "**" : slanted ? "*" : "";
  return mark ? words.replace(inner, () => `${mark}${inner}${mark}`) : words;
}

function linked(element, words) {
  const address = element.getAttribute("href") ?? "";
  return /^(https?|mailto):/.test(address) && words.trim() && words.trim() !== address ? `[${words.trim()}](${address})` : words;
}

function listed(list) {
  const items = [...list.children].filter((item) => item.tagName === "LI");
  return items.map((item, place) => `${list.tagName === "OL" ? `${place + 1}.` : "-"} ${read(item).trim().replace(/\n{2,}/g, "\n").replace(/\n/g, "\n  ")}`).join("\n");
}

function read(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[\t\n\r ]+/g, " ");
  if (node.nodeType !== Node.ELEMENT_NODE || UNREAD.has(node.tagName)) return "";
  if (node.tagName === "BR") return "\n";
  if (node.tagName === "UL" || node.tagName === "OL") return `\n\n${listed(node)}\n\n`;
  const words = [...node.childNodes].map(read).join("");
  if (HEADINGS[node.tagName]) return `\n\n${HEADINGS[node.tagName]}${words.trim().replace(/\s+/g, " ")}\n\n`;
  if (node.tagName === "TD" || node.tagName === "TH") return `${words.trim()} | `;
  if (node.tagName === "A") return linked(node, words);
  return BLOCKS.has(node.tagName) ? `\n\n${words.trim()}\n\n` : marked(node, words);
}

function meaning(html) {
  const plain = html.replace(/<style[^]*?<\/style>/gi, "").replace(/\sstyle=/gi, " data-style="); // which the policy would refuse, and say so
  const body = new DOMParser().parseFromString(plain, "text/html").body; // parsed only: nothing in it runs or is fetched
  return read(body).replace(/ *\n */g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

function pasted(event) {
  const html = event.clipboardData?.getData("text/html");
  if (!html || !event.target.matches("textarea")) return;
  event.preventDefault();
  event.target.setRangeText(meaning(html), event.target.selectionStart, event.target.selectionEnd, "end");
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
}

const form = document.querySelector("#draft");
const unsaved = document.querySelector("#unsaved");
const unreached = document.querySelector("#unreached");
const signedOut = document.querySelector("#signed-out");
const UNKNOWN = 401; // the answer to somebody who is no longer signed in
let again = 0;

function lost(event) {
  unsaved.hidden = false;
  if (event.detail.xhr?.status === UNKNOWN) {
    unreached.hidden = true;
    signedOut.hidden = false;
  }
  // whoever signs in again, in another window, has another token
  const token = /(?:^|; )(?:__Host-)?publisher-form=(\w+)/.exec(document.cookie)?.[1];
  if (token) form.elements.csrfmiddlewaretoken.value = token;
  clearTimeout(again);
  again = setTimeout(() => form.dispatchEvent(new Event("change", { bubbles: true })), AGAIN);
}

form.addEventListener("paste", pasted);
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) form.addEventListener(name, lost);
form.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.failed) return; // which is said at an error's answer, too
  unsaved.hidden = signedOut.hidden = true;
  unreached.hidden = false;
  clearTimeout(again);
});
addEventListener("beforeunload", (event) => {
  if (!unsaved.hidden) event.preventDefault();
});
