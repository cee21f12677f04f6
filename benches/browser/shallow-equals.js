// exrs asks for this when it encodes; the package itself is CommonJS, which a browser does not load.
export default (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
