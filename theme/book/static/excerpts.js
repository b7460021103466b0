// Each formula is on the page three times: for eyes, for ears and as TeX. An excerpt says it once.
const htmlToText = Search.htmlToText;
Search.htmlToText = (html, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll(".katex-html, annotation, button").forEach((element) => element.remove());
  return htmlToText(page.documentElement.outerHTML, anchor);
};
