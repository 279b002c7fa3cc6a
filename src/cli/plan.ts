import { decidingSteps } from '../server/admin/format.js';
import { type AskOptions, askDaemon, reportFailure } from './admin-client.js';
import { EXIT } from './exit.js';
import { type Io, terminalWidth } from './io.js';
import { formatTable } from './table.js';
import { type PlanRow, planAnswer } from './views.js';

/** `hotzone plan`: what the next tick would do, without doing it; resolves to the exit code. */
export async function plan(options: AskOptions, io: Io): Promise<number> {
  const answer = await askDaemon(options.url, '/api/v1/plan', {}, planAnswer);
  if (!answer.ok) return reportFailure(answer, io);
  if (options.json) io.stdout.write(`${JSON.stringify(answer.value, null, 2)}\n`);
  else io.stdout.write(planTable(answer.value.plan, terminalWidth(io.stdout)));
  return EXIT.fine;
}

function planTable(rows: readonly PlanRow[], width: number | undefined): string {
  if (rows.length === 0) return 'nothing would change\n';
  return formatTable(
    [
      { title: 'PAGE' },
      { title: 'POLICY' },
      { title: 'NOW', align: 'right' },
      { title: 'WANTED', align: 'right' },
      { title: 'ACTIONS' },
      { title: 'WHY' },
    ],
    rows.map((row) => [
      row.page,
      row.policy,
      String(row.current),
      String(row.desired),
      row.actions.length === 0 ? 'none' : `${row.dryRun ? 'dry run: ' : ''}${row.actions.join(', ')}`,
      decidingSteps(row.current, row.chain)
        .map((step) => `${step.reason}: ${step.detail}`)
        .join('; '),
    ]),
    width,
  );
}
