// Answers by check: passed, failed, not run and why, declared, to look at (spec/checks.md §1).

export class Ledger {
  constructor(told = () => {}) {
    this.checks = new Map();
    this.findings = [];
    this.told = told;
  }

  of(code) {
    if (!this.checks.has(code)) this.checks.set(code, { passed: 0, failed: 0, not_run: 0, declared: 0, look: 0, notes: [] });
    return this.checks.get(code);
  }

  pass(code, count = 1) {
    this.of(code).passed += count;
  }

  put(status, code, place, found, expected) {
    const check = this.of(code);
    check[status] += 1;
    const finding = { code, status, place, found: short(found), expected: short(expected) };
    if (this.findings.filter((one) => one.code === code).length < 100) this.findings.push(finding);
    this.told(finding);
  }

  fail(code, place = "", found = "", expected = "") {
    this.put("failed", code, place, found, expected);
  }

  notRun(code, reason, place = "") {
    this.put("not_run", code, place, reason, "");
  }

  declared(code, place, found) {
    this.put("declared", code, place, found, "");
  }

  look(code, place, found, expected) {
    this.put("look", code, place, found, expected);
  }

  check(code, holds, place, found, expected) {
    if (holds) this.pass(code);
    else this.fail(code, place, found, expected);
    return holds;
  }

  /** A fault thrown while something was read; others are mistakes of this program and go on. */
  caught(error, place, code = error.code) {
    if (!error.code) throw error;
    this.fail(code, place, error.found, error.expected);
  }

  verdict(code) {
    const check = this.of(code);
    return ["failed", "not_run", "declared", "look"].find((status) => check[status]) ?? "passed";
  }

  report() {
    const codes = [...this.checks.keys()].sort((a, b) => order(a) - order(b) || a.localeCompare(b, "en", { numeric: true }));
    return {
      checks: codes.map((code) => ({ code, verdict: this.verdict(code), ...this.checks.get(code) })),
      findings: this.findings,
      totals: codes.reduce((sum, code) => ({ ...sum, [this.verdict(code)]: (sum[this.verdict(code)] ?? 0) + 1 }), {}),
    };
  }
}

const order = (code) => "LKBCTSPRND".indexOf(code[0]);
const short = (value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
};
