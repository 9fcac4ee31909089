// One bundle for both sides: in a page it shows, in a worker it computes.
import { startPage } from "./page.js";
import { startWorker } from "./worker.js";

if (typeof document === "undefined") startWorker(globalThis);
else startPage(document);
