// The colours, before anything is painted: the reader's choice, or else those of the system.

(() => {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const mode = localStorage.getItem("mode") || "auto";
    root.dataset.mode = mode;
    root.dataset.theme = mode === "auto" ? (dark.matches ? "dark" : "light") : mode;
  };
  try {
    localStorage.getItem("mode");
  } catch {
    // a browser may refuse to store anything: then choices hold for this page
    const chosen = new Map();
    const value = {
      getItem: (key) => chosen.get(key) ?? null,
      setItem: (key, word) => chosen.set(key, word),
      removeItem: (key) => chosen.delete(key),
    };
    Object.defineProperty(window, "localStorage", { value });
  }
  dark.addEventListener("change", apply);
  addEventListener("modechange", apply);
  // the choice may have been made on another page, to which this one was left, or in another window
  addEventListener("pageshow", ({ persisted }) => persisted && dispatchEvent(new Event("modechange")));
  addEventListener("storage", () => dispatchEvent(new Event("modechange")));
  apply();
})();
