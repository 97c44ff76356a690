/* Text in two languages, always as text nodes; one switch turns the whole page. */
"use strict";

(function (atlas) {
  const listeners = [];
  const page = document.documentElement;
  if (!page.dataset.asked && /^ko\b/i.test(navigator.language || "")) page.lang = "ko"; // unless the maker of the page chose


  /** Make an element with text or children; a string becomes a text node, never markup. */
  atlas.make = function (tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (name === "class") element.className = value;
      else if (name in element && name !== "list") element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  /** Both languages of a pair {en, ko} side by side; the style sheet shows one. */
  atlas.both = function (pair) {
    const fragment = document.createDocumentFragment();
    if (pair.en === pair.ko) {
      fragment.append(pair.en);
      return fragment;
    }
    fragment.append(atlas.make("span", { lang: "en" }, pair.en), atlas.make("span", { lang: "ko" }, pair.ko));
    return fragment;
  };

  /** A word of the page by key, as a fragment in both languages. */
  atlas.word = (key) => atlas.both(atlas.config.words[key]);

  /** A pair with its {blanks} filled; a blank is a text, a number or a pair. */
  atlas.filled = function (pair, blanks) {
    const told = (language) => pair[language].replace(/\{(\w+)\}/g, (_, key) => (typeof blanks[key] === "object" ? blanks[key][language] : blanks[key]));
    return { en: told("en"), ko: told("ko") };
  };

  /** Whether a text is English prose with no Korean in it: a title or a note as its source has it. */
  atlas.isForeign = (text) => /[A-Za-z]{3,}/.test(text) && /\s|^[A-Za-z]+\.$/.test(text.trim()) && !/[\uac00-\ud7a3]/.test(text);

  /** A text of a source as it stands: marked as English for screen readers and, unless it is quiet, for Korean readers. */
  atlas.foreign = function (text, quiet) {
    if (!atlas.isForeign(text)) return document.createTextNode(text);
    const fragment = document.createDocumentFragment();
    fragment.append(atlas.make("span", { lang: "en-x-own" }, text));
    if (!quiet) fragment.append(atlas.make("span", { lang: "ko", class: "foreign" }, ` ${atlas.config.words.foreign.ko}`));
    return fragment;
  };

  /** A value of a controlled list in both languages, of its column's own list first, or several parted by ";"; else as it stands. */
  atlas.value = function (value, column, quiet) {
    if (typeof value === "object") return atlas.both(value);
    const own = atlas.config.column_values[column] || {};
    const list = [own, atlas.config.values].find((one) => Object.hasOwn(one, value));
    if (list) return atlas.both(list[value]);
    const items = String(value).split(/[;,|\n]/).map((item) => item.trim()).filter(Boolean);
    if (!items.some((item) => Object.hasOwn(own, item))) return atlas.foreign(String(value), quiet);
    const told = (language) => items.map((item) => (Object.hasOwn(own, item) ? own[item][language] : item)).join("; ");
    return atlas.both({ en: told("en"), ko: told("ko") });
  };

  atlas.language = () => document.documentElement.lang;
  atlas.pick = (pair) => pair[atlas.language()] || pair.en;
  atlas.onLanguage = (listener) => listeners.push(listener);

  function name(element) {
    element.title = atlas.language() === "ko" ? element.dataset.labelKo : element.dataset.labelEn;
    element.setAttribute("aria-label", element.title);
  }

  /** Show the page in a language: text by style sheet, attributes by hand. */
  atlas.speak = function (language) {
    document.documentElement.lang = language;
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    document.querySelectorAll("[data-label-en]").forEach(name);
    document.title = atlas.pick(atlas.config.title);
    listeners.forEach((listener) => listener(language));
  };

  /** Give an element an accessible name in both languages. */
  atlas.label = function (element, pair) {
    element.dataset.labelEn = pair.en;
    element.dataset.labelKo = pair.ko;
    return element;
  };

  /** Give an element its name at once, not only with the next switch of language. */
  atlas.named = function (element, pair) {
    name(atlas.label(element, pair));
    return element;
  };

  /** A text as it is compared with what is typed: composed and in small letters. */
  atlas.flat = (text) => text.normalize("NFC").toLocaleLowerCase();

  /** An area as people read it [km²]: to 0.1, below one to 0.01. */
  atlas.km2 = function (value) {
    const decimals = value < 1 ? 2 : 1;
    return `${value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} km²`;
  };
})(window.atlas);
