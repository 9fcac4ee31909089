// What the browser's verifier says of records on disk: node judge.mjs < lines of {"folder", "station", "policy"}; a line of JSON for each.
import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Fault } from "../src/note.js";
import { openRecord, parseOutside, verifyStation } from "../src/verify.js";

class Disk {
  constructor(folder) {
    this.folder = folder;
    this.bytes = 0;
  }

  async read(path, limit) {
    let size;
    try {
      ({ size } = statSync(`${this.folder}/${path}`));
    } catch {
      throw new Fault("L7.1", path, "a file");
    }
    if (size > limit) throw new Fault("L7.2", size, `at most ${limit}`);
    return new Uint8Array(await readFile(`${this.folder}/${path}`));
  }
}

const tools = { random: (count) => randomBytes(count), told: () => {}, pause: async () => {} };

async function judge({ folder, station, policy }) {
  try {
    const opened = await openRecord(new Disk(folder), parseOutside({ policy }));
    const { report } = await verifyStation(opened, station, tools);
    const of = (verdict) => report.checks.filter((check) => check.verdict === verdict).map((check) => check.code);
    return { failed: of("failed"), passed: of("passed"), not_run: of("not_run"), declared: of("declared") };
  } catch (error) {
    return error.code ? { stopped: error.code } : { crashed: error.stack };
  }
}

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  console.log(JSON.stringify(await judge(JSON.parse(line))));
}
