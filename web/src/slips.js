// Slips, counted by hand, against the tally (S1.1).
import { grouped } from "./contents.js";

const AGAINST_ALL = "against-all";

/** Checks the slips of every unit that was opened: electronic protocols of version 1, added up over its stations. */
export function checkSlips(book, vote, totals, devices, units, ledger) {
  for (const total of totals) {
    const members = devices.filter((one) => units.get(total.unit)?.has(one.device));
    new SlipCheck({ book, vote, total, stations: grouped(members, (one) => one.station), ledger }).run();
  }
}

class SlipCheck {
  constructor(fields) {
    Object.assign(this, fields);
  }

  run() {
    const { total, vote, ledger } = this;
    const place = `${vote.id}, unit ${total.unit}, ${total.contest}`;
    const own = [...this.stations.keys()].map((station) => this.protocolsOf(station)).filter((list) => list.length);
    const slips = own.map((list) => list.find((one) => one.version === 1));
    const order = this.order(own);
    if (order.length !== total.votes.length) return ledger.notRun("S1.1", "R1.3", place);
    total.options = order;
    if (slips.length === 0 || !slips.every(Boolean) || !this.allReport()) return ledger.notRun("S1.1", "no_slips", place);
    const said = order.map((id) => slips.reduce((sum, one) => sum + votesFor(one, id), 0));
    ledger.check("S1.1", said.join() === total.votes.join(), place, said.join(), total.votes.join());
  }

  protocolsOf(station) {
    const round = Number(this.vote.id.split("/")[1]);
    return this.book.kind("protocol").filter((one) => one.channel === "electronic" && one.round === round && one.contest === this.total.contest && one.station === station);
  }

  /** Whether every station whose counted ballots hold the contest has a protocol. */
  allReport() {
    const holds = (one) => one.counted.some(({ ballot }) => ballot.style.contests.includes(this.total.contest));
    return [...this.stations].every(([station, devices]) => !devices.some(holds) || this.protocolsOf(station).length > 0);
  }

  /** The options in ballot order, against all last; of a run-off the two that its protocols name. Null where unknown. */
  order(own) {
    const { book, vote, total } = this;
    const known = book.options?.get(total.contest) ?? null;
    const named = vote.id.split("/")[1] === "1" || total.contest === "list" ? () => true : (id) => own.length > 0 && Object.hasOwn(own[0][0].votes, id);
    const listed = known?.filter(named) ?? [];
    return total.votes.length === listed.length + 1 ? [...listed, AGAINST_ALL] : listed;
  }
}

function votesFor({ votes, counts }, id) {
  if (Object.hasOwn(votes, id)) return votes[id];
  return id === AGAINST_ALL ? (counts.against_all ?? 0) : 0;
}
