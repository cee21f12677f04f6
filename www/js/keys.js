// The one table of keys. It feeds the keyboard, tooltips, the help sheet and the command list; a test fails when two
// entries share a key. Pure data: nothing here touches the page.

/**
 * `keys` are written as `Shift+E`, `Ctrl+K`, `ArrowUp`; the first is shown. Ctrl stands for Cmd on a Mac.
 * @type {{id: string, group: string, label: string, keys: string[]}[]}
 */
export const KEYS = [
  { id: "channel.red", group: "Channels", label: "Red only", keys: ["R"] },
  { id: "channel.green", group: "Channels", label: "Green only", keys: ["G"] },
  { id: "channel.blue", group: "Channels", label: "Blue only", keys: ["B"] },
  { id: "channel.alpha", group: "Channels", label: "Alpha only", keys: ["A"] },
  { id: "channel.luminance", group: "Channels", label: "Luminance", keys: ["Y"] },
  { id: "channel.color", group: "Channels", label: "Colour", keys: ["C"] },
  { id: "layer.previous", group: "Channels", label: "Layer before", keys: ["ArrowUp"] },
  { id: "layer.next", group: "Channels", label: "Next layer", keys: ["ArrowDown"] },

  { id: "exposure.up", group: "View", label: "Exposure, half a stop up", keys: ["E"] },
  { id: "exposure.down", group: "View", label: "Exposure, half a stop down", keys: ["Shift+E"] },
  { id: "gamma.edit", group: "View", label: "Gamma", keys: ["Shift+G"] },
  { id: "offset.edit", group: "View", label: "Offset", keys: ["Shift+O"] },
  { id: "look.reset", group: "View", label: "Reset exposure, gamma, offset, channel", keys: ["0"] },
  { id: "view.next", group: "View", label: "Next view and display", keys: ["V"] },
  { id: "view.previous", group: "View", label: "View and display before", keys: ["Shift+V"] },
  { id: "clipping.toggle", group: "View", label: "Clipping and NaN", keys: ["X"] },
  { id: "falseColor.toggle", group: "View", label: "False colour", keys: ["Shift+C"] },
  { id: "badPixel.next", group: "View", label: "Next bad pixel (NaN, infinite)", keys: ["Shift+X"] },
  { id: "overlays.toggle", group: "View", label: "Hide overlays", keys: ["H"] },

  { id: "zoom.fit", group: "Picture", label: "Fit the display window", keys: ["F"] },
  { id: "zoom.fitData", group: "Picture", label: "Fit the data window", keys: ["Shift+F"] },
  { id: "zoom.one", group: "Picture", label: "One to one", keys: ["Z"] },
  { id: "zoom.in", group: "Picture", label: "Zoom in", keys: ["=", "+"] },
  { id: "zoom.out", group: "Picture", label: "Zoom out", keys: ["-"] },
  { id: "probe.left", group: "Picture", label: "Probe, a pixel left", keys: ["Shift+ArrowLeft"] },
  { id: "probe.right", group: "Picture", label: "Probe, a pixel right", keys: ["Shift+ArrowRight"] },
  { id: "probe.up", group: "Picture", label: "Probe, a pixel up", keys: ["Shift+ArrowUp"] },
  { id: "probe.down", group: "Picture", label: "Probe, a pixel down", keys: ["Shift+ArrowDown"] },
  { id: "probe.pin", group: "Picture", label: "Pin the probe", keys: ["P"] },
  { id: "probe.unpin", group: "Picture", label: "Remove all pins", keys: ["Shift+P"] },

  { id: "matte.toggle", group: "Picture", label: "Cryptomatte under the pointer", keys: ["T"] },
  { id: "guides.next", group: "Picture", label: "Safe areas and masks", keys: ["Q"] },
  { id: "region.clear", group: "Picture", label: "Clear the region", keys: ["Shift+Q"] },

  { id: "frame.previous", group: "Frames", label: "Frame before", keys: ["ArrowLeft"] },
  { id: "frame.next", group: "Frames", label: "Next frame", keys: ["ArrowRight"] },
  { id: "frame.first", group: "Frames", label: "First frame", keys: ["Home"] },
  { id: "frame.last", group: "Frames", label: "Last frame", keys: ["End"] },
  { id: "frame.play", group: "Frames", label: "Play or stop", keys: ["Space"] },

  { id: "play.back", group: "Frames", label: "Play backwards", keys: ["J"] },
  { id: "play.stop", group: "Frames", label: "Stop", keys: ["K"] },
  { id: "play.forward", group: "Frames", label: "Play forwards", keys: ["L"] },
  { id: "loop.in", group: "Frames", label: "First frame of the loop", keys: ["I"] },
  { id: "loop.out", group: "Frames", label: "Last frame of the loop", keys: ["O"] },

  { id: "finding.next", group: "Findings", label: "Next finding", keys: ["N"] },
  { id: "finding.previous", group: "Findings", label: "Finding before", keys: ["Shift+N"] },
  { id: "text.choose", group: "Findings", label: "Choose the models that read text", keys: ["Shift+T"] },

  { id: "package.toggle", group: "Package", label: "Package page or pictures", keys: ["U"] },
  { id: "package.csv", group: "Package", label: "Findings as CSV", keys: ["Ctrl+Shift+E"] },
  { id: "package.json", group: "Package", label: "Report as JSON", keys: ["Ctrl+Shift+S"] },

  { id: "compare.wipe", group: "Compare", label: "Wipe between two versions", keys: ["W"] },
  { id: "compare.difference", group: "Compare", label: "Difference of two versions", keys: ["D"] },
  { id: "compare.side", group: "Compare", label: "Two versions side by side", keys: ["Shift+D"] },
  { id: "compare.flip", group: "Compare", label: "Flip to the other version and back", keys: ["`"] },
  { id: "compare.open", group: "Compare", label: "Choose the version to compare with", keys: ["Shift+W"] },
  { id: "note.edit", group: "Compare", label: "Write a note", keys: ["M"] },

  { id: "file.open", group: "Page", label: "Choose files", keys: ["Ctrl+O"] },
  { id: "file.folder", group: "Page", label: "Choose a folder", keys: ["Ctrl+Shift+O"] },
  { id: "snapshot", group: "Page", label: "Snapshot as PNG", keys: ["S"] },
  { id: "report.save", group: "Page", label: "Report of this shot as one HTML file", keys: ["Ctrl+Shift+H"] },
  { id: "load.cancel", group: "Page", label: "Cancel, close", keys: ["Escape"] },
  { id: "theme.toggle", group: "Page", label: "Light or dark", keys: ["Shift+L"] },
  { id: "commands", group: "Page", label: "Commands", keys: ["Ctrl+K", "/"] },
  { id: "help", group: "Page", label: "Keys and help", keys: ["?"] },
];

/** Whether a key works without a modifier or a function of its own: those can be switched off (WCAG 2.1.4). */
export const isSingleKey = (key) => !key.includes("Ctrl+") && [...key.replace("Shift+", "")].length === 1;

/** What to show for a key. @param {string} key */
export const keyLabel = (key) =>
  key.replace("ArrowUp", "↑").replace("ArrowDown", "↓").replace("ArrowLeft", "←").replace("ArrowRight", "→")
    .replace("Escape", "Esc").replaceAll("+", " ").replace(/^ $/, "+").replace(/^- ?$/, "−");

/**
 * The table's way of writing a key press.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean, altKey: boolean}} event
 */
export function keyOf(event) {
  if (event.altKey) return "";
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const name = event.key === " " ? "Space" : event.key;
  const letter = [...name].length === 1 && name.toLowerCase() !== name.toUpperCase();
  // Signs such as ? already carry their Shift; letters and named keys do not.
  const shift = event.shiftKey && (letter || [...name].length > 1) ? "Shift+" : "";
  return control + shift + (letter ? name.toUpperCase() : name);
}

/** @returns {Map<string, string>} key to command */
export function keyMap() {
  return new Map(KEYS.flatMap(({ id, keys }) => keys.map((key) => [key, id])));
}

/** The tooltip of a command: its label and first key. @param {string} id */
export function tip(id) {
  const entry = KEYS.find((entry) => entry.id === id);
  return entry ? `${entry.label} (${keyLabel(entry.keys[0])})` : "";
}
