// Text into functions, in a notebook. A page has them in a file of its own: see page.js.

import { betainc, betaincinv, erfc, gammaln } from "./vendor/inverse.js";

const special = { betainc, betaincinv, erfc, gammaln };

export function translate(code, names) {
  const factory = new Function(...Object.keys(special), `"use strict"; return (${names.join(", ")}) => (${code});`);
  return factory(...Object.values(special));
}
