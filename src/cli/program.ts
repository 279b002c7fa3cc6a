import { Command, Option } from 'commander';
import type { Problem } from '../problem.js';
import { DEFAULT_ADMIN_URL } from './admin-client.js';
import { check } from './check.js';
import { checkConfig } from './check-config.js';
import { findsDaemon } from './config/daemon-place.js';
import { findConfig } from './config/options.js';
import { demo } from './demo.js';
import { doctor, doctorCommand } from './doctor.js';
import { down, downCommand } from './down.js';
import { driverOption, LOCAL_DRIVERS } from './drivers.js';
import { EXIT } from './exit.js';
import { explain } from './explain.js';
import { init, initCommand } from './init.js';
import type { Io } from './io.js';
import { parseAddress, parseDomain, parsePort, reportProblems, several } from './options.js';
import { order, orderCommands } from './orders.js';
import { origin, originCommand } from './origin.js';
import { plan } from './plan.js';
import { serve, serveCommand } from './serve.js';
import { simulateCommand, simulatePolicies } from './simulate.js';
import { siteBuild, siteBuildDefaults } from './site-build.js';
import { mirageProject } from './site-mirage.js';
import { status } from './status.js';
import { DEFAULT_INTERVAL_MS, parseInterval, top } from './top.js';
import { up, upCommand } from './up.js';
import { VERSION } from './version.js';

/** Every command of `hotzone`; `exit` gets the exit code of the one that was called. */
export function program(io: Io, exit: (code: number) => void): Command {
  const hotzone = new Command('hotzone')
    .description(
      'The authoritative name server of a site in which every page has its own host name and, when it is hot, its own servers.',
    )
    .version(VERSION)
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options)');

  const refuse = (command: string) => (problems: readonly Problem[]) =>
    exit(reportProblems(command, problems, io));
  hotzone.addCommand(serveCommand(async (settings) => exit(await serve(settings, io)), refuse('serve')));
  hotzone.addCommand(initCommand(async (options) => exit(await init(options, io)), refuse('init')));
  hotzone.addCommand(originCommand(async (settings) => exit(await origin(settings, io))));

  hotzone.addCommand(upCommand(async (options) => exit(await up(options, io)), refuse('up')));
  hotzone.addCommand(downCommand(async (options) => exit(await down(options, io)), refuse('down')));
  hotzone.addCommand(doctorCommand(async (options) => exit(await doctor(options, io)), refuse('doctor')));

  hotzone
    .command('demo')
    .description(
      'show the main job on this machine: a site of 49 pages, one of which gets hot, on real packets',
    )
    .option(
      '--once',
      'one round within a minute, then a summary; exit code 1 unless all of it happened',
      false,
    )
    .option('--json', 'with --once: the summary for scripts', false)
    .addOption(driverOption(LOCAL_DRIVERS))
    .action(async (options) => exit(await demo(options, io)));

  const site = hotzone.command('site').description('work with a folder of static files');
  siteCommand(
    site,
    'build',
    'name, rewrite and bundle the pages of a folder, and write their zone file',
  ).action(async (dir, { originAddress, ...options }) =>
    exit(await siteBuild({ dir, originAddresses: originAddress, ...options }, io)),
  );
  siteCommand(
    site,
    'mirage',
    'the same as a MirageOS project: one unikernel, and an archive for each page',
  ).action(async (dir, { originAddress, ...options }) =>
    exit(await siteBuild({ dir, originAddresses: originAddress, ...options }, io, mirageProject)),
  );

  hotzone
    .command('check [policies...]')
    .description(
      'say what is wrong with a configuration, policy files, a zone file or a site, before a daemon is given them',
    )
    .option('--domain <name>', 'the zone of --site and --zone-file', parseDomain)
    .option('--site <dir>', 'a folder of static files')
    .addOption(
      new Option('--naming <scheme>', 'how pages are named').choices(['flat', 'post']).default('flat'),
    )
    .option('--zone-file <file>', "the operator's own records")
    .option('--json', 'a report for scripts', false)
    .option(
      '--config <file>',
      'a configuration and all that it names; hotzone.yaml where nothing else is named',
    )
    .action(async (policies, { site: dir, naming, config, ...options }) => {
      const isNamed = policies.length > 0 || dir !== undefined || options.zoneFile !== undefined;
      const found = config === undefined && isNamed ? null : findConfig(config);
      if (found?.ok === false) return refuse('check')(found.problems);
      if (found !== null) return exit(await checkConfig(found.value, options.json, io));
      const site = dir === undefined ? {} : { site: { dir, naming } };
      exit(await check({ policies, ...site, ...options }, io));
    });

  const ask = (command: Command): Command =>
    findsDaemon(command)
      .option('--url <url>', "the daemon's admin server", DEFAULT_ADMIN_URL)
      .option('--json', 'the answer for scripts', false);
  ask(hotzone.command('status').description('what is hot, and what serves it')).action(async (options) =>
    exit(await status(options, io)),
  );
  ask(hotzone.command('top').description('what is hot, and what serves it, as it happens; q ends it'))
    .option(
      '--interval <duration>',
      'between two prints, where there is no screen to draw on',
      parseInterval,
      DEFAULT_INTERVAL_MS,
    )
    .action(async ({ interval: intervalMs, ...options }) => exit(await top({ intervalMs, ...options }, io)));
  ask(hotzone.command('explain <page>').description('why a page has the replicas that it has'))
    .option('--at <time>', 'why it had what it had then: 2026-01-31T08:00:00Z, or -10m for so long ago')
    .action(async (page, options) => exit(await explain({ page, ...options }, io)));
  ask(hotzone.command('plan').description('what the daemon would do now')).action(async (options) =>
    exit(await plan(options, io)),
  );

  for (const command of orderCommands(async (options) => exit(await order(options, io))))
    hotzone.addCommand(command);

  const simulate = simulateCommand(async (options) => exit(await simulatePolicies(options, io)));
  hotzone.addCommand(simulate);

  for (const command of withCommandsBelow(hotzone)) {
    command.exitOverride((error) => {
      exit(error.exitCode === 0 ? EXIT.fine : EXIT.usage);
      throw error;
    });
  }
  return hotzone;
}

/** Those that were made elsewhere have not inherited where they write to. */
function withCommandsBelow(command: Command): readonly Command[] {
  for (const below of command.commands) below.copyInheritedSettings(command);
  return [command, ...command.commands.flatMap(withCommandsBelow)];
}

/** The options of everything that is made of a folder of static files. */
function siteCommand(site: Command, name: string, description: string) {
  return site
    .command(`${name} <dir>`)
    .description(description)
    .requiredOption('--domain <name>', 'the zone; every page gets a name in it', parseDomain)
    .addOption(
      new Option('--naming <scheme>', 'how pages are named')
        .choices(['flat', 'post'])
        .default(siteBuildDefaults.naming),
    )
    .option('--out <dir>', 'the folder that is made', siteBuildDefaults.out)
    .addOption(
      new Option('--scheme <scheme>', 'of links between pages')
        .choices(['http', 'https'])
        .default(siteBuildDefaults.scheme),
    )
    .option('--port <port>', 'of links between pages', parsePort, siteBuildDefaults.port)
    .option(
      '--origin-address <address>',
      'for the zone file; may be repeated',
      several(parseAddress),
      siteBuildDefaults.originAddresses,
    )
    .option('--json', 'a report for scripts', false);
}
