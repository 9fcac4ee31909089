// The vectors of spec/vectors, judged by this implementation.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { Election, ballotCode, ballotHash, parseBallot, rebuild, verifyBallot, verifyBatch } from "../src/ballots.js";
import { unhex, unbase64 } from "../src/bytes.js";
import { keyFault, verifySignature } from "../src/group.js";
import { consistencyHolds, inclusionHolds, leafHash, rootOf } from "../src/merkle.js";
import { openCheckpoint, parseKey, parsePolicy, policyReached } from "../src/note.js";
import { utf8 } from "../src/bytes.js";

const ROOT = new URL("../../spec/vectors/", import.meta.url);
const load = (path) => JSON.parse(readFileSync(new URL(path, ROOT)));
const names = (folder) => readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith(".json"));

const told = load("ballots/election.json");
const contests = told.contests.map((one) => ({ ...one, first: one.first_key }));
const styles = told.styles.map((style) => ({ id: style.id, contests: style.contests.map((place) => contests[place].id) }));
const election = (root = told.root, keys = told.keys) => new Election({ root: unhex(root), contests, styles, keys: keys.map(unhex) });

for (const name of names("ballots/").filter((one) => one !== "election.json")) {
  test(`ballots/${name}`, () => {
    const vector = load(`ballots/${name}`);
    const device = vector.device ?? told.device;
    if (vector.keys) return assert.equal(keysFault(vector.keys), vector.expect);
    if (vector.opening) return assert.equal(openingFault(vector.opening), vector.expect);
    const own = election(vector.root);
    const bytes = unhex(vector.ballot);
    assert.equal(verifyBallot(own, device, bytes) ?? "ok", vector.expect);
    const batch = verifyBatch(own, device, [bytes], (n) => randomBytes(n));
    assert.equal(batch[0].word ?? "ok", vector.expect);
    if (vector.code) assert.equal(ballotCode(ballotHash(own, device, parseBallot(own, bytes))), vector.code);
  });
}

function keysFault(keys) {
  try {
    new Election({ root: unhex(told.root), contests: [], styles: [], keys: keys.map(unhex) });
    return "ok";
  } catch (error) {
    return error.message;
  }
}

function openingFault(told_) {
  const opening = {
    ...told_,
    choices: typeof told_.choices === "string" && /^[0-9a-f]*$/.test(told_.choices) ? choicesOf(told_.choices) : told_.choices,
    secret: unhex(told_.secret),
    sigma: unhex(told_.sigma),
    path: told_.path.map(unhex),
    ballot: unhex(told_.ballot_hash ?? told_.ballot),
  };
  const committed = { vote: told.vote_id, device: told.device, sigmaRoot: unhex(told.sigma_root), cards: told.cards };
  try {
    rebuild(election(), committed, opening);
    return "ok";
  } catch (error) {
    return error.message;
  }
}

// The vectors write m as bytes in hex; the record as digits.
const choicesOf = (text) => Array.from(unhex(text), (one) => String(one)).join("");

for (const name of names("ed25519/")) {
  test(`ed25519/${name}`, () => {
    const vector = load(`ed25519/${name}`);
    const [key, message, signature] = [vector.key, vector.message, vector.signature].map(unhex);
    const found = signature.length !== 64 || key.length !== 32 ? "length" : keyFault(key) ?? (verifySignature(key, message, signature) ? "ok" : "signature");
    assert.equal(found, vector.expect);
  });
}

const log = (name) => load(`log/${name}.json`);
const bytes = (text) => unbase64(text);

for (const vector of log("tree")) {
  test(`log/tree ${vector.name}`, () => {
    const leaves = Array.from({ length: vector.size }, (_, i) => leafHash(utf8(`entry ${i}`)));
    assert.deepEqual(rootOf(leaves), bytes(vector.root));
  });
}
for (const vector of log("inclusion")) {
  test(`log/inclusion ${vector.name}`, () => {
    const holds = inclusionHolds(bytes(vector.leaf), vector.index, vector.size, vector.proof.map(bytes), bytes(vector.root));
    assert.equal(holds, vector.expect === "ok");
  });
}
for (const vector of log("consistency")) {
  test(`log/consistency ${vector.name}`, () => {
    const holds = consistencyHolds(vector.old_size, bytes(vector.old_root), vector.size, bytes(vector.root), vector.proof.map(bytes));
    assert.equal(holds, vector.expect === "ok");
  });
}
for (const vector of log("vkeys")) {
  test(`log/vkeys ${vector.name}`, () => {
    const judged = () => parseKey(vector.vkey);
    if (vector.expect === "ok") assert.equal(judged().type, vector.type);
    else assert.throws(judged, (error) => error.code === vector.expect);
  });
}
for (const vector of log("notes")) {
  test(`log/notes ${vector.name}`, () => {
    const judged = () => {
      const keys = vector.keys.map(parseKey);
      const opened = openCheckpoint(bytes(vector.note), keys);
      return opened;
    };
    if (vector.expect === "ok") assert.ok(judged().signed.length > 0);
    else assert.throws(judged, (error) => error.code === vector.expect, vector.expect);
  });
}
for (const vector of log("policies")) {
  test(`log/policies ${vector.name}`, () => {
    const judged = () => {
      const policy = parsePolicy(vector.policy);
      const keys = [...policy.logs, ...[...policy.witnesses.values()]];
      const opened = openCheckpoint(utf8(vector.note), keys);
      const own = policy.logs.filter((key) => key.name === opened.checkpoint.origin);
      if (policy.logs.length && !own.some((key) => opened.signed.some((one) => one.key.text === key.text))) throw Object.assign(new Error(), { code: "L3.5" });
      if (!policyReached(policy, opened)) throw Object.assign(new Error(), { code: "L4.3" });
    };
    if (vector.expect === "ok") judged();
    else assert.throws(judged, (error) => error.code === vector.expect, vector.expect);
  });
}
