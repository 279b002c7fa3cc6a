import { type AskOptions, askDaemon, reportFailure } from './admin-client.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { oneLine } from './table.js';
import { explainAnswer } from './views.js';

export interface ExplainOptions extends AskOptions {
  /** `Page.path`. */
  readonly page: string;
  /** RFC 3339, or e.g. `-10m`; now unless given. */
  readonly at?: string;
}

/** `hotzone explain PAGE`: why the page has, or had, the replicas that it has; resolves to the exit code. */
export async function explain(options: ExplainOptions, io: Io): Promise<number> {
  const query = { page: options.page, ...(options.at === undefined ? {} : { at: options.at }) };
  const answer = await askDaemon(options.url, '/api/v1/explain', query, explainAnswer);
  if (!answer.ok) return reportFailure(answer, io);
  if (options.json) io.stdout.write(`${JSON.stringify(answer.value, null, 2)}\n`);
  else io.stdout.write(answer.value.lines.map((line) => `${oneLine(line)}\n`).join(''));
  return EXIT.fine;
}
