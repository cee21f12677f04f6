// The state of the page in one place: whoever shows a part of it listens to that part.

/**
 * @template {Record<string, any>} S
 * @param {S} initial
 */
export function createStore(initial) {
  const state = { ...initial };
  /** @type {{keys: string[], run: (state: S) => void}[]} */
  const listeners = [];
  let changed = new Set();

  function flush() {
    const now = changed;
    changed = new Set();
    for (const { keys, run } of listeners) if (keys.some((key) => now.has(key))) run(state);
  }

  return {
    /** Read only; changes go through `set`. */
    state,
    /** @param {Partial<S>} patch */
    set(patch) {
      const waiting = changed.size > 0;
      for (const [key, value] of Object.entries(patch)) {
        if (Object.is(state[key], value)) continue;
        state[key] = value;
        changed.add(key);
      }
      // Listeners run once for all changes made in one task.
      if (!waiting && changed.size > 0) queueMicrotask(flush);
    },
    /** @param {string[]} keys @param {(state: S) => void} run */
    on(keys, run) {
      listeners.push({ keys, run });
    },
  };
}
