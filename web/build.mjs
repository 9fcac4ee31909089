// Bundles the verifier for the public site: verifier.js, verifier.css and index.html, and verifier.html, one file for a stick.
// The same sources give the same bytes; a test builds again and compares.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const OUT = process.argv[2] ?? new URL("../src/dauys/site/assets/verify", import.meta.url).pathname;
const here = (path) => new URL(path, import.meta.url);

/** Sentences of the locale files that the page needs, by language. */
function sentences(language) {
  const wanted = { verify: /^(check|status|reason|dispute|todo)\./, log: /^L\d/ };
  const found = {};
  for (const [name, pattern] of Object.entries(wanted)) {
    const text = readFileSync(here(`../src/dauys/words/${language}/${name}.po`), "utf8");
    for (const [, id, said] of text.matchAll(/^msgid "(.*)"\nmsgstr "(.*)"$/gm)) {
      if (pattern.test(id)) found[id] = JSON.parse(`"${said}"`);
    }
  }
  return found;
}

const locales = {
  name: "locales",
  setup(building) {
    building.onResolve({ filter: /^locale:/ }, ({ path }) => ({ path: path.slice(7), namespace: "locale" }));
    building.onLoad({ filter: /.*/, namespace: "locale" }, ({ path }) => ({ contents: JSON.stringify(sentences(path)), loader: "json" }));
  },
};

const result = await build({
  entryPoints: [here("src/main.js").pathname],
  bundle: true,
  format: "iife",
  minify: true,
  legalComments: "none",
  target: "es2022",
  charset: "utf8",
  write: false,
  plugins: [locales],
});
const script = result.outputFiles[0].text;
const style = readFileSync(here("src/verifier.css"), "utf8");
const page = readFileSync(here("src/page.html"), "utf8");
const csp = (rest) => `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; ${rest}">`;
const site = page
  .replace("<!--csp-->", csp("style-src 'self'; script-src 'self'; worker-src 'self'; connect-src 'self'"))
  .replace("<!--icon-->", '<link rel="icon" href="../assets/icon.svg" type="image/svg+xml">')
  .replace("<!--style-->", '<link rel="stylesheet" href="verifier.css">')
  .replace("<!--script-->", '<script src="verifier.js" defer></script>');
const single = page
  .replace("<!--csp-->", () => csp("style-src 'unsafe-inline'; script-src 'unsafe-inline' blob:; worker-src blob:; connect-src *"))
  .replace("<!--icon-->\n", "")
  .replace("<!--style-->", () => `<style>\n${style}</style>`)
  .replace("<!--script-->", () => `<script id="verifier">${script.replaceAll("</script", "<\\/script")}</script>`);

mkdirSync(OUT, { recursive: true });
for (const [name, text] of Object.entries({ "verifier.js": script, "verifier.css": style, "index.html": site, "verifier.html": single })) {
  writeFileSync(`${OUT}/${name}`, text);
}
