// Light and dark: the system's choice until the user makes one.

const STORED = "gsd-theme";

/** @param {(rgb: number[]) => void} surround told the grey around the picture */
export function createTheme(surround) {
  const system = matchMedia("(prefers-color-scheme: light)");
  let chosen = read();

  function apply() {
    document.documentElement.dataset.theme = chosen ?? (system.matches ? "light" : "dark");
    const [, ...codes] = getComputedStyle(document.documentElement).getPropertyValue("--surround").match(/#(..)(..)(..)/);
    surround(codes.map((code) => Number.parseInt(code, 16)));
  }
  system.addEventListener("change", apply);
  apply();

  return () => {
    chosen = document.documentElement.dataset.theme === "light" ? "dark" : "light";
    try {
      localStorage.setItem(STORED, chosen);
    } catch {
      // A page without storage forgets it, that is all.
    }
    apply();
  };
}

function read() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
