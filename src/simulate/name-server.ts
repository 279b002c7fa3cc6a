import type { PageAnswer } from '../dns/publication.js';
import { type AnswerInput, pageAnswer, sameAnswer } from '../scale/answers.js';
import type { SimulatedFleet } from './fleet.js';
import type { Random } from './random.js';
import type { Answer } from './system.js';

const MILLISECONDS_PER_SECOND = 1_000;

interface Published {
  readonly page: PageAnswer;
  readonly answer: Answer;
}

/** What is answered for each page, and what the books note when that changes. */
export class SimulatedNameServer {
  readonly #fleet: SimulatedFleet;
  readonly #random: Random;
  readonly #published = new Map<number, Published>();

  constructor(fleet: SimulatedFleet, random: Random) {
    this.#fleet = fleet;
    this.#random = random;
  }

  ask(page: number): Answer {
    const published = this.#published.get(page);
    if (published === undefined) throw new Error(`page ${page} was never published`);
    const { answer } = published;
    const { maxAddresses } = published.page;
    if (answer.addresses.length <= maxAddresses) return answer;
    return { ttlMs: answer.ttlMs, addresses: choose(answer.addresses, maxAddresses, this.#random) };
  }

  /** Answers anew where that is another answer; gives back whether it is. */
  publish(page: number, input: AnswerInput, now: number): boolean {
    const wanted = pageAnswer(input);
    const before = this.#published.get(page);
    if (before !== undefined && sameAnswer(before.page, wanted)) return false;
    const answer = {
      ttlMs: wanted.ttl * MILLISECONDS_PER_SECOND,
      addresses: wanted.addresses.map(({ address }) => address),
    };
    this.#published.set(page, { page: wanted, answer });
    for (const unit of this.#fleet.ofPage(page)) {
      const { address, answerTtl, withdrawnAt } = unit.replica;
      if (answer.addresses.includes(address))
        this.#fleet.patch(unit, { answerTtl: Math.max(answerTtl, answer.ttlMs), withdrawnAt: null });
      else if (before?.answer.addresses.includes(address) === true && withdrawnAt === null)
        this.#fleet.patch(unit, { withdrawnAt: now });
    }
    return true;
  }
}

/** So many of them at random: all weigh the same. */
function choose(addresses: readonly string[], count: number, random: Random): readonly string[] {
  const rest = [...addresses];
  for (let place = 0; place < count; place += 1) {
    const other = place + Math.floor(random() * (rest.length - place));
    [rest[place], rest[other]] = [rest[other] ?? '', rest[place] ?? ''];
  }
  return rest.slice(0, count);
}
