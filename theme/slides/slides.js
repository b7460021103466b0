// A deck: arrow keys turn the slides, ? lists the keys. A slider that has the focus keeps the arrows for itself.

"use strict";

Reveal.initialize({ width: 1200, height: 800, margin: 0.03, center: false, transition: "none", slideNumber: "c/t" })
  .then(() => dispatchEvent(new Event("resize")));
