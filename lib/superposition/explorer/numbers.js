// Numbers as a reader sees them. Python's format_value writes the same strings.

import { SAY } from "./strings.js";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function tenToThe(power) {
  const digits = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[digit]).join("");
  return `10${power < 0 ? "⁻" : ""}${digits}`;
}

function trimmed(decimal) {
  return decimal.replace(/\.?0+$/, "");
}

// Integers below a million in full, other numbers to three significant digits, what is not finite in words. Twelve digits decide,
// so that the last bits, in which two languages may differ, do not.
export function formatValue(number) {
  if (Number.isNaN(number)) return SAY.noValue;
  if (!Number.isFinite(number)) return number > 0 ? SAY.unbounded : SAY.unboundedBelow;
  const twelve = Math.abs(number).toExponential(11);
  const sign = number < 0 ? "−" : "";
  if (Number.isInteger(Number(twelve)) && Number(twelve) < 1e6) return Number(twelve) === 0 ? "0" : sign + grouped(String(Number(twelve)));
  const [coefficient, power] = twelve.split("e");
  let exponent = Number(power);
  let three = Math.floor(Number(coefficient.replace(".", "")) / 1e9 + 0.5);
  if (three === 1000) {
    three = 100;
    exponent += 1;
  }
  const digits = String(three);
  if (exponent >= 6 && exponent < 15) {
    const whole = (exponent % 3) + 1;
    const shown = whole === 3 ? digits : trimmed(`${digits.slice(0, whole)}.${digits.slice(whole)}`);
    return `${sign}${shown} ${SAY.powers[exponent - (exponent % 3)]}`;
  }
  if (exponent < -3 || exponent >= 6) {
    const factor = trimmed(`${digits[0]}.${digits.slice(1)}`);
    return sign + (factor === "1" ? tenToThe(exponent) : `${factor} × ${tenToThe(exponent)}`);
  }
  if (exponent >= 2) return sign + grouped(digits + "0".repeat(exponent - 2));
  const padded = exponent < 0 ? "0".repeat(-exponent) + digits : digits;
  const whole = Math.max(exponent, 0) + 1;
  return sign + trimmed(`${padded.slice(0, whole)}.${padded.slice(whole)}`);
}

// A number, or a list of them as a sentence names them.
export function inWords(value) {
  if (!Array.isArray(value)) return formatValue(value);
  if (value.length === 0) return SAY.none;
  const all = value.map(formatValue);
  return SAY.allFound(all);
}

// Numbers on an axis: powers of ten as such where all of them are and some are far from one.
export function formatTicks(ticks) {
  const powers = ticks.map((tick) => Math.log10(tick));
  const plain = !powers.every((power) => Math.abs(power - Math.round(power)) < 1e-9);
  return ticks.map((tick, i) => (plain || (powers[i] < 5 && powers[i] > -3) ? formatValue(tick) : tenToThe(Math.round(powers[i]))));
}

// A number with its unit: words and % after a space, the sign ° without one; of 1 there is only one.
export function withUnit(shown, unit) {
  if (!unit) return shown;
  const counted = shown === "1" ? SAY.one(unit) : unit;
  return /^[\p{L}%]/u.test(counted) ? `${shown} ${counted}` : shown + counted;
}

// A measurement and its standard error, both to the error's second digit.
export function withError(value, error) {
  const place = Math.floor(Math.log10(error)) - 1;
  if (!Number.isFinite(value) || !(error > 0) || place < -6 || Math.max(Math.abs(value), error) >= 1e6) {
    return `${formatValue(value)} ± ${formatValue(error)}`;
  }
  const shown = (number) => {
    const [whole, rest] = Math.abs(number).toFixed(Math.max(-place, 0)).split(".");
    return (number < 0 ? "−" : "") + grouped(whole) + (rest ? `.${rest}` : "");
  };
  return `${shown(value)} ± ${shown(error)}`;
}
