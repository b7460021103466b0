// Self-test questions on a page: an answer is weighed where it is given, and kept nowhere.

const SAY = {
  check: "Check",
  choose: "Choose one first.",
  number: "A number is asked for: 1,200 or 3.5e-4 or 3/8 or 12 %.",
};
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function plain(text) {
  return NUMBER.test(text) ? Number(text) : NaN;
}

// A number as people write it: 1,200; 3.5e-4; 2·10^6; 3/8; 12 %. NaN where it is none.
export function parsed(text) {
  const bare = text.replace(/[\s\u00a0\u202f]/g, "").replace(/[−–]/g, "-").replace(/(?<=\d),(?=\d{3}(\D|$))/g, "");
  if (bare.endsWith("%")) return parsed(bare.slice(0, -1)) / 100;
  const fraction = bare.split("/");
  if (fraction.length === 2) return plain(fraction[0]) / plain(fraction[1]);
  const power = bare.match(/^(?:(.+?)[·×*x])?10\^\(?([+-]?\d+)\)?$/);
  if (power) return (power[1] === undefined ? 1 : plain(power[1])) * 10 ** Number(power[2]);
  return plain(bare);
}

// What is said of a number. Python's Number.check says the same.
export function weighed({ cases, within, close, off, otherwise }, number) {
  const met = cases.find(({ value }) => Math.abs(number - value) <= within * Math.abs(value));
  if (met) return met;
  const [{ value }] = cases;
  return { right: false, reply: Math.abs(number - value) <= close * Math.abs(value) ? off : otherwise };
}

function rich(text) {
  return text.split(/\*([^*]+)\*/).map((part, i) => {
    if (i % 2 === 0) return part;
    const italic = document.createElement("i");
    italic.textContent = part;
    return italic;
  });
}

function form(question, section) {
  const fields = document.createElement("form");
  const button = document.createElement("button");
  button.textContent = SAY.check;
  const reply = document.createElement("output");
  const say = (right, words) => {
    reply.className = right === undefined ? "" : right ? "sp-right" : "sp-wrong";
    reply.replaceChildren(...(right === undefined ? [] : [right ? "✓ " : "✗ "]), ...rich(words));
  };
  const ask = section.querySelector("p");
  ask.id = `${section.id}-ask`;
  let answer;
  if (question.options) {
    const list = section.querySelector("ol");
    const group = document.createElement("div");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-labelledby", ask.id);
    group.append(list);
    const radios = [...list.children].map((item, i) => {
      const radio = document.createElement("input");
      Object.assign(radio, { type: "radio", name: section.id, value: String(i) });
      const label = document.createElement("label");
      const text = document.createElement("span");
      text.append(...item.childNodes);
      label.append(radio, text);
      item.append(label);
      radio.addEventListener("change", () => say(undefined, ""));
      return radio;
    });
    fields.append(group, button, reply);
    answer = () => {
      const chosen = radios.findIndex((radio) => radio.checked);
      if (chosen < 0) return say(undefined, SAY.choose);
      const { right, reply: words } = question.options[chosen];
      return say(right, words);
    };
  } else {
    const input = document.createElement("input");
    Object.assign(input, { type: "text", inputMode: "decimal", autocomplete: "off", size: 12 });
    input.setAttribute("aria-labelledby", ask.id);
    input.addEventListener("input", () => say(undefined, ""));
    fields.append(input, button, reply);
    answer = () => {
      const value = parsed(input.value);
      if (!Number.isFinite(value)) return say(undefined, SAY.number);
      const { right, reply: words } = weighed(question, value);
      return say(right, words);
    };
  }
  fields.addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  section.querySelector(".sp-kernel").replaceWith(fields);
}

// Whether the browser may leave the layout of a part for later. From above, as asking about what is left out would lay it out.
function isLeftForLater(part) {
  const around = [];
  for (let outer = part.parentElement; outer; outer = outer.parentElement) around.unshift(outer);
  return around.some((outer) => getComputedStyle(outer).contentVisibility === "auto");
}

// Chromium, which looks for forms to fill in, lays out every section that has one, however far away it is. So a question gets
// its form when it is laid out, or in the frame after: what observes sizes must not change them.
export function ask(root) {
  const waiting = new Set(root.querySelectorAll(".sp-question"));
  const build = (section) => {
    if (!waiting.delete(section)) return;
    laidOut.unobserve(section);
    form(JSON.parse(section.querySelector("script").textContent), section);
  };
  const laidOut = new ResizeObserver((entries) => requestAnimationFrame(() => entries.forEach(({ target }) => build(target))));
  for (const section of waiting) {
    if (isLeftForLater(section)) laidOut.observe(section);
    else build(section);
  }
  addEventListener("beforeprint", () => waiting.forEach(build));
}
