// Prints reference vectors for publisher/text/counting.py: random strings, each with the weighted length that X's own
// counter gives, as JSON lines [text, weight]. The same seed gives the same lines.
//
//   cd "$(mktemp -d)" && npm install twitter-text@3.1.0
//   node /path/to/tools/twitter_text_vectors.mjs 1 10000 | gzip -9n > /path/to/tests/text/data/twitter_text_3.1.0.jsonl.gz
//
// Run from the folder that holds node_modules.

import { createRequire } from "node:module";

const { getTweetLength } = createRequire(process.cwd() + "/")("twitter-text");
const [seed = 1, count = 10000] = process.argv.slice(2).map(Number);

// mulberry32: a small generator of random numbers with a seed
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const below = (limit) => Math.floor(random() * limit);
const between = (low, high) => low + below(high - low + 1);
const pick = (choices) => choices[below(choices.length)];
const chance = (share) => random() < share;
const repeat = (times, make) => Array.from({ length: times }, make);
const maybe = (share, make) => (chance(share) ? make() : "");
const words = (text) => text.split(" ");
const digits = (length) => repeat(length, () => below(10)).join("");
const letters = (length) => repeat(length, () => pick("abcdefghijklmnopqrstuvwxyz")).join("");
const codePoint = (low, high) => String.fromCodePoint(between(low, high));

const FRENCH = words(
  "la le les des une un du de et à en pour avec dans sur ville mairie maire commune élu élue élus élu·es élu(e)s habitant·es conseil municipal " +
    "séance délibération budget école collège crèche réunion publique quartier rue avenue place marché médiathèque théâtre " +
    "travaux chantier voirie circulation déviation ouverture fermeture inscription gratuit gratuite samedi dimanche lundi " +
    "septembre octobre décembre février août 2026 2019 1er 2e XXIe été hiver fête œuvre sœur cœur naïf Noël où déjà très " +
    "L'été l’école d’Ivry qu'il c’est aujourd’hui M. Mme Dr etc. n° 12,50 14h30 14:30 85% 250 000 01 99 00 12 34 FSGT INSEE",
);
const CAPITALISED = words("Il Elle La Le Les Un Une Ce De Se Ne Me En Et Au Du Des Ses Info Paris Dupont Martin Nous Vous On Art Live News");
const DOMAINS = words("ville mairie ivry agenda sport www.ville mediatheque éco-quartier évènement saint-denis a x 94 médiathèque ma_ville e-demarches");
const COMMON_TLDS = words("fr com org net eu paris bzh alsace info gouv.fr co.uk io re la il ne se de et me co be ch ca museum travel photography");
const OTHER_TLDS = words("example local pdf docx jpg invalid zz f r fra comm xn--p1ai рф 中国 香港 みんな 한국 ελ vermögensberatung بازار");
const RARE_TLDS = words("an um tp off ses mutuelle liaison spa music kids amazon vista duck");
const FILES = words("programme.pdf doc.py readme.md affiche.zip plan.mov image.jpg budget.xlsx v2.0 14.30 art.5 U.S p.12 etc.le index.html archive.tar.gz");
const EMOJI = [
  ...words("😀 🎉 ❤ ☀ ✅ ➡ ☎ ⚠ ™ © ® ♟ ‼ ⁉ ℹ ↔ ⌚ ⏰ ▶ ☑ ☔ ♈ ⚡ ⛔ ✂ ✨ ❌ ⭐ 〰 ㊗ 🀄 🃏 🅰 🆗 🈁 🌍 🏛 🏠 🎭 🎪 🐕 👍 👎 💪 🖐 ✌ ☝ ✍ 🕵 🏋 🏌 ⛹ ⛷ 🕴 🏄"),
  ...words("👨‍👩‍👧‍👦 👩‍🚒 👨‍⚕️ 👩‍⚕ 🧑‍🎄 🧑‍🤝‍🧑 👩‍❤️‍👩 👩‍❤️‍💋‍👨 👁‍🗨 👁️‍🗨️ 🏳️‍🌈 🏳‍🌈 🏴‍☠️ 🏳️‍⚧️ 🐕‍🦺 🐈‍⬛ ❤️‍🔥 🤷‍♀️ 🤷🏽‍♂️ 🏃🏿‍♀️ 🏋️‍♀️ 🏋🏽‍♂️ 🧜‍♀ 👯‍♂️"),
  ...words("🥲 🫠 🫶🏽 🪩 🫨 🪿 🧌 🫱🏻‍🫲🏿 😮‍💨 🧑🏽‍🚀 👨‍🦰 🦸‍♀️ 🧑‍🦽‍➡️ 🍋‍🟩 🫩"),
  ...words("🇫🇷 🇪🇺 🇵🇸 🇬🇧 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇽🇽 🇫 🇦🇦 1️⃣ #️⃣ *️⃣ 9⃣ 0️ ☺️ ☺︎ ✈️ ©️ ®️ ™️ ♟️ ☝️🏻 ☝🏻 👍🏽 👍️ 🖐️🏿"),
];
const TONES = words("🏻 🏼 🏽 🏾 🏿");
const SPACES = [" ", " ", " ", " ", "\n", "\n\n", "\u00a0", "\u202f", "\u2009", "\t", "\u3000", "\u200b", "\u2028"];
const OPENERS = words("( [ { « “ \" ' ’ ‘ < * _ - – — . / @ # $ & = + , ; : ! ? ~ | \\ ` é 。 ＠ ＃");
const CLOSERS = words(") ] } » ” \" ' ’ > * _ - – — . / , ; : ! ? … ~ | \\ ` é + @ = & 。 、");
const MARKS = ["\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u200d", "\ufe0f", "\ufe0e", "\u20e3", "\ufeff", "\ufffe", "\uffff", "\u00ad", "\u0000", "\u007f"];

const capitalised = (word) => word[0].toUpperCase() + word.slice(1);
const anyCase = (text) => (chance(0.85) ? text : chance(0.5) ? text.toUpperCase() : capitalised(text));

function frenchText() {
  const sentence = () => {
    let text = capitalised(repeat(between(2, 9), () => pick(FRENCH)).join(" "));
    if (chance(0.2)) text = text.replace(" ", pick([", ", " : ", "\u00a0: ", "\u202f; ", " – ", " (", " « ", " «\u00a0"]));
    return text + pick([".", ".", ".", "...", "…", "\u202f!", "\u00a0?", " !", "", "\u00a0»", ")", ";"]);
  };
  return repeat(between(1, 3), sentence).join(pick([" ", " ", "\n", ""]));
}
const hiddenLink = () => pick(FRENCH) + pick([".", ".", ".", "...", ". "]) + pick(CAPITALISED) + maybe(0.3, () => pick(["'", "’", ",", " ", "/"]) + pick(FRENCH));
const label = () =>
  chance(0.8) ? pick(DOMAINS) : chance(0.7) ? letters(between(1, 12)) : pick(["日本", "москва", "été", "a-", "-a", "_a", "a_b", "a__b", "é", "l’été", letters(70), "é".repeat(58), "ßa", "🎉", "x".repeat(63)]);
const topLevel = () => (chance(0.8) ? pick(COMMON_TLDS) : chance(0.997) ? pick(OTHER_TLDS) : pick(RARE_TLDS));
const domain = () => repeat(pick([1, 1, 1, 2, 2, 3]), label).join(".") + "." + anyCase(topLevel());
const segment = () =>
  pick([
    () => letters(between(1, 9)), () => pick(FRENCH), () => digits(4), () => `(${letters(3)})`, () => `(${letters(2)}(${letters(2)})${letters(1)})`, () => "(", () => ")", () => "@" + letters(4),
    () => "é-à_ü", () => "%C3%A9", () => "привет", () => "日本", () => "a,b;c:d", () => "!", () => "’été", () => letters(3) + ".html", () => "#ancre", () => "", () => "1️⃣", () => "–x",
  ])();
const path = () => repeat(between(1, 4), () => "/" + segment()).join("");
const query = () => "?" + pick(["a=1", "q=" + letters(5) + "&page=" + digits(2), "x=(1)", "q=l'été", "a[]=1!", "!", "utm_source=x&utm_medium=" + letters(6), "…", "a=1."]);
const rest = () => maybe(0.15, () => ":" + pick(["80", "8080", "", "x"])) + maybe(0.6, path) + maybe(0.3, query);
const bareAddress = () => domain() + rest();
const address = () =>
  pick([
    () => anyCase(pick(["http://", "https://", "https://"])) + domain() + rest(),
    () => anyCase(pick(["http://", "https://", "https://"])) + domain() + rest(),
    () => pick(["https://t.co/", "http://t.co/", "HTTPS://T.CO/"]) + letters(pick([0, 1, 10, 10, 40, 41])) + maybe(0.4, () => pick(["/a", "?a=1", "-x", "é", ".", "?", "#"])),
    () => "https://" + pick(["ville.fr/", "www.example.org/"]) + letters(between(100, 400)),
    () => pick(["ftp://", "mailto:", "//", "http:/", "https:", "www.", "hxxp://"]) + domain() + rest(),
    () => "http://" + pick(["192.168.0.1", "localhost", "user:pass@ville.fr", "[::1]", "_.fr", "-.fr", ".fr", "a..fr"]) + rest(),
    () => "https://" + "sous-domaine.".repeat(between(1, 30)) + "ville.fr" + rest(),
  ])();
const local = () => pick(["presse", "service.communication", "contact_rp", "prénom.nom"]);
const mention = () => pick(["@", "＠", "#", "＃", "$", ".@"]) + pick(["mairie_ivry", "ville", "FêteDeLÉté", "élu·es", "2026", "a.fr", "x.com", "ville.fr/agenda", "😀ville.fr"]);
const email = () => local() + "@" + domain();
function emoji() {
  let text = pick(EMOJI);
  if (chance(0.1)) text += pick(TONES);
  if (chance(0.1)) text += "\ufe0f";
  if (chance(0.05)) text += "\u200d" + pick(EMOJI);
  return chance(0.85) ? text : text + emoji();
}
const decomposed = () => pick(FRENCH).normalize("NFD") + maybe(0.2, () => codePoint(0x300, 0x36f)) + maybe(0.2, () => pick(["ﬁ", "Å", "\u0344", "각", "ᄀ\u1161\u11a8", "か\u3099", "\u1f71"]));
const foreign = () =>
  pick(["日本語", "ここはテスト。", "Привет", "Ωμέγα", "مرحبا", "שלום", "สวัสดี", "한국어", "हिन्दी", "𝒳𝓎", "中文.中国", "例え.jp", "тест.рф", "テスト.みんな/a", "𠮷野家.com"]);
const anything = () =>
  repeat(between(1, 6), () => {
    const [low, high] = pick([[0x20, 0x7e], [0x20, 0x7e], [0xa0, 0x24f], [0x300, 0x36f], [0x2000, 0x206f], [0x20a0, 0x20cf], [0x2100, 0x27bf], [0x1100, 0x11ff], [0x3000, 0x30ff], [0x4e00, 0x4fff], [0xfe00, 0xffef], [0x1f000, 0x1faff], [0xe000, 0xe0ff]]);
    return codePoint(low, high);
  }).join("");
const wrapped = (make) => () => pick(OPENERS) + make() + pick(CLOSERS);
const number = () => pick(["12\u202f500,00\u00a0€", "85\u00a0%", "01 99 00 12 34", "24/09/2026", "14\u00a0h\u00a030", "n°\u00a03", "50 €", "3:1", "1,5 m²", "20 °C", "½", "№ 4", "−5"]);

const MAKERS = [
  [18, frenchText], [7, hiddenLink], [7, address], [6, bareAddress], [5, wrapped(bareAddress)], [3, wrapped(address)], [4, () => pick(FILES)], [5, mention], [4, email],
  [9, emoji], [5, decomposed], [4, foreign], [4, anything], [4, number], [2, () => pick(MARKS)], [2, () => bareAddress() + pick(CLOSERS) + bareAddress()], [2, () => emoji() + bareAddress() + emoji()],
];
const DECK = MAKERS.flatMap(([share, make]) => Array(share).fill(make));

for (let line = 0; line < count; line += 1) {
  let text = "";
  for (let part = between(1, 7); part > 0; part -= 1) text += pick(DECK)() + (chance(0.8) ? pick(SPACES) : "");
  process.stdout.write(JSON.stringify([text, getTweetLength(text)]) + "\n");
}
