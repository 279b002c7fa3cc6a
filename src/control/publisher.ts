import type { PageAnswer, Publication } from '../dns/publication.js';
import { laterSerial, nextSerial } from '../dns/serial.js';
import { sameAnswer } from '../scale/answers.js';
import type { Replica } from '../scale/replica.js';
import type { Fleet } from './fleet.js';

const MILLISECONDS_PER_SECOND = 1_000;

/** What the publisher writes into, and through. */
export interface PublisherOptions {
  readonly fleet: Fleet;
  /** Commits what the fleet has to remember, and the serial, before anyone is told. */
  commit(serial: number): void;
  /** Resolves when every answer from then on is the new one. */
  publish(publication: Publication): Promise<void>;
  readonly lastSerial: number;
  now(): number;
}

/** What is answered now, and the way from there to what should be answered: commit, publish, note what left the answers. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #answers = new Map<string, PageAnswer>();
  #serial: number;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#serial = options.lastSerial;
  }

  get serial(): number {
    return this.#serial;
  }

  /** What is answered for a host in lower case; undefined where it is no name. */
  answer(host: string): PageAnswer | undefined {
    return this.#answers.get(host);
  }

  /**
   * Answers that are wanted, and hosts that are names no more; gives back those answers that were not in force before.
   * Rejects as `publish` does, and then answers as before.
   */
  async publish(wanted: readonly PageAnswer[], removed: readonly string[]): Promise<readonly PageAnswer[]> {
    const pages = wanted.filter((answer) => {
      const known = this.#answers.get(answer.host);
      return known === undefined || !sameAnswer(known, answer);
    });
    const gone = removed.filter((host) => this.#answers.has(host));
    if (pages.length === 0 && gone.length === 0) return [];

    const hosts = [...pages.map((page) => page.host), ...gone];
    const before = hosts.flatMap((host) => this.#answers.get(host) ?? []);
    this.#noteHandedOut(pages);
    const serial = nextSerial(this.#serial);
    this.#options.commit(serial);
    this.#serial = serial;
    try {
      await this.#options.publish({ serial, pages, removed: gone });
    } catch (error) {
      // Refused as a whole: what only the new answers had is in none, and must not wait to leave them.
      this.#noteWithdrawn(pages);
      throw error;
    }
    for (const page of pages) this.#answers.set(page.host, page);
    for (const host of gone) this.#answers.delete(host);
    this.#noteWithdrawn(before);
    return pages;
  }

  /** The same answers under a new serial, later than `written` too: what stands beside the pages has changed. */
  async renew(written: number): Promise<void> {
    const serial = nextSerial(laterSerial(this.#serial, written));
    this.#options.commit(serial);
    this.#serial = serial;
    await this.#options.publish({ serial, pages: [], removed: [] });
  }

  /** Before an address is handed out, so that a crash between the two forgets nothing. */
  #noteHandedOut(pages: readonly PageAnswer[]): void {
    this.#forReplicas(pages, (replica, answer) => {
      const ttl = Math.max(replica.answerTtl, answer.ttl * MILLISECONDS_PER_SECOND);
      if (ttl !== replica.answerTtl || replica.withdrawnAt !== null) {
        this.#options.fleet.patch(replica.id, { answerTtl: ttl, withdrawnAt: null });
      }
    });
  }

  /** Of the addresses in these answers, those that are in none now have left. */
  #noteWithdrawn(answers: readonly PageAnswer[]): void {
    const now = this.#options.now();
    this.#forReplicas(answers, (replica) => {
      const isAnswered = this.#answers
        .get(replica.host)
        ?.addresses.some(({ address }) => address === replica.address);
      if (isAnswered !== true) this.#options.fleet.patch(replica.id, { withdrawnAt: now });
    });
  }

  #forReplicas(answers: readonly PageAnswer[], visit: (replica: Replica, answer: PageAnswer) => void): void {
    if (answers.length === 0) return;
    const byAddress = new Map(
      this.#options.fleet.all().map((replica) => [`${replica.host} ${replica.address}`, replica]),
    );
    for (const answer of answers) {
      for (const { address } of answer.addresses) {
        const replica = byAddress.get(`${answer.host} ${address}`);
        if (replica !== undefined) visit(replica, answer);
      }
    }
  }
}
