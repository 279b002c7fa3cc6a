import { lowerCase, type Name, parseName, ROOT } from '../../dns/name.js';
import { formatDuration } from '../../policy/duration.js';
import type { Acted } from '../../server/admin/actions.js';
import type { DnsServer } from '../../server/dns/dns-server.js';
import type { QueryLogReport } from '../../server/dns/query-log.js';
import type { Logger, LogLevel } from '../../telemetry/log.js';

export interface LogControlOptions {
  readonly log: Logger;
  readonly dns: Pick<DnsServer, 'logQueries'>;
  readonly zone: string;
  /** The name of a page that is given by its path. */
  readonly hostOf: (path: string) => string | undefined;
}

/** Nobody wants to find a query log in the morning that was meant for a minute. */
const QUERIES_DEFAULT_MS = 10 * 60_000;

/** What is logged beside what the settings say, for a while: a daemon that is started anew knows nothing of it. */
export class LogControl {
  readonly #options: LogControlOptions;
  readonly #level: string;
  #levelTimer: NodeJS.Timeout | undefined;
  #queryTimer: NodeJS.Timeout | undefined;
  #logged = '';

  constructor(options: LogControlOptions) {
    this.#options = options;
    this.#level = options.log.level;
  }

  /** `forMs` null: until the daemon ends. */
  level(level: LogLevel, forMs: number | null, by: string): Acted {
    const { log } = this.#options;
    clearTimeout(this.#levelTimer);
    const before = log.level;
    log.level = level;
    log.info({ level, before, by }, 'the log level is another one');
    if (forMs === null) return { ok: true, done: [`the log level is ${level}`] };
    this.#levelTimer = setTimeout(() => this.#levelBack(), forMs).unref();
    return {
      ok: true,
      done: [`the log level is ${level} for ${formatDuration(forMs)}, and then ${this.#level}`],
    };
  }

  /** `name`: of the zone, or a page's path; null ends it. Without `forMs` for ten minutes. */
  queries(name: string | null, forMs: number | null, by: string): Acted {
    const { log } = this.#options;
    clearTimeout(this.#queryTimer);
    if (name === null) {
      this.#tell(null, '');
      return { ok: true, done: ['no queries are logged'] };
    }
    const host = (name.startsWith('/') ? this.#options.hostOf(name) : name)?.replace(/\.$/, '');
    const parsed = host === undefined ? undefined : this.#inZone(host);
    if (host === undefined || parsed === undefined) {
      const hint = `name a page by its path, or a name in ${this.#options.zone}`;
      return {
        ok: false,
        kind: 'unknown',
        message: `${JSON.stringify(name)} is neither a page nor a name of the zone`,
        hint,
      };
    }
    const duration = forMs ?? QUERIES_DEFAULT_MS;
    this.#tell(parsed, host);
    log.info({ host, for: formatDuration(duration), by }, 'queries are logged');
    this.#queryTimer = setTimeout(() => this.#tell(null, ''), duration).unref();
    return { ok: true, done: [`queries for ${host} are in the log for ${formatDuration(duration)}`] };
  }

  /** What the name server has kept of them. */
  report({ queries, dropped }: QueryLogReport): void {
    const { log } = this.#options;
    const host = this.#logged;
    for (const { at, ...query } of queries)
      log.info({ host, asked: new Date(at).toISOString(), ...query }, 'query');
    if (dropped > 0) log.warn({ host, dropped }, 'more queries came than are logged');
  }

  close(): void {
    clearTimeout(this.#levelTimer);
    clearTimeout(this.#queryTimer);
  }

  #levelBack(): void {
    const { log } = this.#options;
    log.info({ level: this.#level }, 'the log level is as before');
    log.level = this.#level;
  }

  #tell(name: Name | null, host: string): void {
    const { dns, log } = this.#options;
    this.#logged = host;
    dns.logQueries(name).catch((error: unknown) => log.error({ err: error }, 'the name server was not told'));
  }

  #inZone(host: string): Name | undefined {
    const [name, apex] = [host, this.#options.zone].map((text) => parseName(`${text}.`, ROOT));
    if (!name?.ok || !apex?.ok) return undefined;
    const [lowered, zone] = [lowerCase(name.name), lowerCase(apex.name)];
    return lowered === zone || isBelow(lowered, zone) ? lowered : undefined;
  }
}

/** Whether a label of `name` ends where `zone` begins: octets of a label could look like one. */
function isBelow(name: Name, zone: Name): boolean {
  let at = 0;
  while (at < name.length && name.length - at > zone.length) at += 1 + name.charCodeAt(at);
  return name.slice(at) === zone;
}
