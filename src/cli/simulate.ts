import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { fileProblem } from '../content/file-problem.js';
import { readTraceFile } from '../content/trace-file.js';
import type { Parsed, Problem } from '../problem.js';
import { traceWorkload } from '../simulate/from-trace.js';
import type { NamingScheme } from '../site/page.js';
import { TRACE_FORMATS, type TraceFormat } from '../trace/text-log.js';
import { EXIT } from './exit.js';
import { type Io, terminalWidth } from './io.js';
import { parseCount, parseDomain, reportProblems } from './options.js';
import { type Contender, readContender } from './simulation/contenders.js';
import { htmlReport } from './simulation/html.js';
import { pagesOf } from './simulation/pages.js';
import { type Outcome, runContender } from './simulation/run.js';
import { comparison, describeTrace, pageTable } from './simulation/text.js';
import { AMOUNT, DURATION, parserOf } from './text-form.js';

export interface SimulateOptions {
  /** Files and folders; each is simulated on its own. */
  readonly policies: readonly string[];
  readonly trace: string;
  readonly format?: TraceFormat;
  /** Milliseconds. */
  readonly traceTtl: number;
  readonly site?: string;
  readonly domain?: string;
  readonly naming: NamingScheme;
  readonly maxInstances: number;
  readonly maxHourlyCost?: number;
  /** Milliseconds. */
  readonly bootTime?: number;
  readonly seed: number;
  readonly json: boolean;
  /** A file to write the report into. */
  readonly html?: string;
}

/** `hotzone simulate`: what policies would have made of recorded queries. */
export function simulateCommand(run: (options: SimulateOptions) => void): Command {
  const parseTime = parserOf(DURATION);
  return new Command('simulate')
    .description('play a log of queries back to policies, each file or folder on its own, and compare them')
    .argument('<policies...>', 'policy files, or folders of them')
    .requiredOption('--trace <file>', 'a query log, also gzipped')
    .addOption(
      new Option('--format <format>', 'of the log; found by looking unless given').choices(TRACE_FORMATS),
    )
    .option('--trace-ttl <time>', 'TTL of the answers when it was recorded', parseTime, 30_000)
    .option(
      '--site <dir>',
      "the site's folder; unless given, names that are asked for again and again are pages",
    )
    .option('--domain <name>', 'the zone; with --site it is needed', parseDomain)
    .addOption(
      new Option('--naming <scheme>', 'how pages are named').choices(['flat', 'post']).default('flat'),
    )
    .option('--max-instances <n>', 'replicas at most, all policies together', parseCount, 100)
    .option('--max-hourly-cost <amount>', 'what they may cost an hour at most', parserOf(AMOUNT))
    .option(
      '--boot-time <time>',
      'until a replica serves; unless given, what was seen of its driver',
      parseTime,
    )
    .option('--seed <n>', 'for another guess of what caches hid', parseCount, 1)
    .option('--json', 'the figures for scripts', false)
    .option('--html <file>', 'write a report with plots, in one file')
    .action((policies, options) => run({ policies, ...options }));
}

/** Resolves to the exit code. */
export async function simulatePolicies(options: SimulateOptions, io: Io): Promise<number> {
  const { trace: file, traceTtl: ttlMs, seed } = options;
  const read = await readTraceFile(file, options.format ?? null);
  if (!read.ok) return reportProblems('simulate', read.problems, io);
  const { trace, format } = read.value;
  const { site = null, domain = null, naming } = options;
  const pages = await pagesOf({ site, domain, naming }, trace);
  if (!pages.ok) return reportProblems('simulate', pages.problems, io);
  const contenders = all(await Promise.all(options.policies.map((name) => readContender(name, pages.value))));
  if (!contenders.ok) return reportProblems('simulate', contenders.problems, io);

  const workload = traceWorkload(trace, { pages: pages.value, ttlMs, seed });
  if (workload.notes.queries === 0)
    return reportProblems('simulate', [noQueries(file, pages.value[0]?.host)], io);
  const { maxInstances, maxHourlyCost = null, bootTime: bootMs = null } = options;
  const outcomes = contenders.value.map((contender) =>
    runContender(contender, workload, { maxInstances, maxHourlyCost, bootMs, seed }),
  );
  const about = [
    ...describeTrace(trace, workload, format, ttlMs),
    ...contenders.value.flatMap(({ name, remarks }) => remarks.map((remark) => `${name}: ${remark}`)),
  ];
  if (options.html !== undefined) {
    const problem = await write(options.html, htmlReport(about, outcomes, workload.startedAt));
    if (problem !== null) return reportProblems('simulate', [problem], io);
  }
  io.stdout.write(options.json ? json(about, outcomes) : text(about, outcomes, terminalWidth(io.stdout)));
  return EXIT.fine;
}

/** All of them, or every problem of each. */
function all(parsed: readonly Parsed<Contender>[]): Parsed<readonly Contender[]> {
  const problems = parsed.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: parsed.flatMap((one) => (one.ok ? [one.value] : [])) };
}

function noQueries(where: string, host: string | undefined): Problem {
  return {
    where,
    message: `has no query for any of the pages (the first is ${host})`,
    hint: 'check --domain and --naming, or leave --site out',
  };
}

async function write(file: string, html: string): Promise<Problem | null> {
  try {
    await writeFile(file, html);
    return null;
  } catch (error) {
    return fileProblem(file, error);
  }
}

function text(about: readonly string[], outcomes: readonly Outcome[], width: number | undefined): string {
  const parts = [`${about.join('\n')}\n`, comparison(outcomes, width)];
  for (const outcome of outcomes) {
    const title = `${outcome.contender.name} (${Math.round(outcome.speed)} times as fast as time)\n`;
    parts.push(title + pageTable(outcome, width));
  }
  return parts.join('\n');
}

function json(about: readonly string[], outcomes: readonly Outcome[]): string {
  const contenders = outcomes.map(({ contender, totals, figures }) => ({
    name: contender.name,
    totals,
    pages: figures.map(({ series, ...page }) => page),
  }));
  return `${JSON.stringify({ about, contenders }, null, 2)}\n`;
}
