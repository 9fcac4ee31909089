// Where a record is read from: an address, or a folder that the visitor picked.
import { Fault } from "./note.js";

/** Files below an address. Whole files only; nothing about the visitor is sent but which file. */
export class HttpSource {
  constructor(address, fetcher = (...given) => fetch(...given)) {
    this.address = address.endsWith("/") ? address : address + "/";
    this.fetch = fetcher;
    this.bytes = 0;
  }

  async read(path, limit) {
    let answer;
    try {
      answer = await this.fetch(this.address + path, { redirect: "error", credentials: "omit", signal: AbortSignal.timeout(60_000) });
    } catch (error) {
      throw new Fault("L7.3", error.message, "an answer");
    }
    if (answer.status === 404) throw new Fault("L7.1", path, "a file");
    if (!answer.ok) throw new Fault("L7.3", answer.status, "200");
    return this.whole(answer, limit);
  }

  async whole(answer, limit) {
    const parts = [];
    let size = 0;
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > limit) {
        await reader.cancel();
        throw new Fault("L7.2", `more than ${limit} bytes`, `at most ${limit}`);
      }
      parts.push(value);
    }
    this.bytes += size;
    const out = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

/** Files of a folder, as `<input webkitdirectory>` gives them; the first part of their path is the folder. */
export class FolderSource {
  constructor(files) {
    this.files = new Map(Array.from(files, (file) => [file.webkitRelativePath.replace(/^[^/]*\//, ""), file]));
    this.bytes = 0;
  }

  async read(path, limit) {
    const file = this.files.get(path);
    if (!file) throw new Fault("L7.1", path, "a file");
    if (file.size > limit) throw new Fault("L7.2", file.size, `at most ${limit}`);
    const data = new Uint8Array(await file.arrayBuffer());
    this.bytes += data.length;
    return data;
  }
}

/** The files below one folder of another source. */
export class BelowSource {
  constructor(source, prefix) {
    Object.assign(this, { source, prefix });
  }

  read(path, limit) {
    return this.source.read(`${this.prefix}/${path}`, limit);
  }
}
