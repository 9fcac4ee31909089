// Bundles what the booth's page needs of a library: qr.js. The same sources give the same bytes; a test builds again.
import { build } from "esbuild";

const OUT = process.argv[2] ?? new URL("../../src/dauys/station/web/assets/booth", import.meta.url).pathname;

await build({
  entryPoints: [new URL("qr.js", import.meta.url).pathname],
  outfile: `${OUT}/qr.js`,
  bundle: true,
  format: "esm",
  minify: true,
  legalComments: "none",
  banner: { js: "/* jsQR 1.4.0, Apache-2.0, https://github.com/cozmo/jsQR */" },
  target: "es2022",
  charset: "utf8",
});
