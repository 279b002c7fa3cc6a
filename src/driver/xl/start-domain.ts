import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CreateOutcome, DriverFailure, ReplicaSpec } from '../driver.js';
import { type ImageBoot, imageBootOf, ownImage } from '../machine/image-boot.js';
import { formatCommandLine, type NetworkSettings } from '../machine/kernel-settings.js';
import { macOf } from '../machine/mac-address.js';
import { memoryFor } from '../machine/machine-memory.js';
import { orThrow, StartError } from '../start-error.js';
import { failureOf } from '../system-failure.js';
import { HostUnreachable, TIMED_OUT } from './dom0.js';
import { formatDomainConfig, unquotable, unwritable } from './domain-config.js';
import { domainFiles, readDomainRecord, removeDomainFiles } from './domain-files.js';
import { domainName } from './domain-name.js';
import { networkSettings } from './domain-network.js';
import { configAt } from './end-domain.js';
import type { Host } from './host.js';
import { type DomainType, kernelType } from './kernel-type.js';
import { VIF_SCRIPT } from './vif-script.js';
import { isNameTaken, xlFailure } from './xl-failure.js';
import type { XlDriverOptions } from './xl-options.js';

/** A host with much to do makes a domain in seconds; a call of the daemon's has two minutes. */
const CREATE_TIMEOUT_MS = 90_000;
const TOKEN_BYTES = 16;

/**
 * Makes a replica's domain at a host; resolves once Xen runs it, or has said why not, and then leaves nothing.
 * @throws HostUnreachable when nobody knows; a domain that is there all the same is ended by its id.
 */
export async function startDomain(
  options: XlDriverOptions,
  host: Host,
  spec: ReplicaSpec,
): Promise<CreateOutcome> {
  const absence = host.dom0.absence();
  if (absence !== null) return { ok: false, failure: { class: 'config', message: absence } };
  try {
    const file = await prepare(options, host, spec);
    await make(host, spec, file);
    return { ok: true, ref: refOf(host, spec) };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    host.forget();
    await removeDomainFiles(options.stateDir, spec.id);
    return { ok: false, failure: error.failure };
  }
}

/** How the operator finds a replica: its host, and its name there. */
export function refOf(host: Host, name: { readonly owner: string; readonly id: string }): string {
  return `${host.name}/${domainName(name)}`;
}

/** Brings everything to the host that the domain is made of; resolves to its configuration there. */
async function prepare(options: XlDriverOptions, host: Host, spec: ReplicaSpec): Promise<string> {
  try {
    return await bringOver(options, host, spec);
  } catch (error) {
    // Nothing was made yet, and another host may be asked.
    if (error instanceof HostUnreachable)
      throw new StartError({ class: 'transient', message: error.message });
    throw error;
  }
}

async function make(host: Host, { id }: ReplicaSpec, file: string): Promise<void> {
  const ran = await host.dom0.run(['xl', 'create', '-q', file], { timeoutMs: CREATE_TIMEOUT_MS });
  // It may have come as far as a domain, which is nobody's then.
  if (ran.exitCode === TIMED_OUT) await host.endAll(id);
  if (ran.exitCode !== 0 && !isNameTaken(ran)) throw new StartError(xlFailure(ran));
}

async function bringOver(options: XlDriverOptions, host: Host, spec: ReplicaSpec): Promise<string> {
  const bundle = await stat(spec.bundleFile).catch((error: Error) => {
    throw new StartError({ ...failureOf(error), message: `cannot read the bundle: ${error.message}` });
  });
  const [addresses, script] = await Promise.all([
    host.bridgeAddresses(options.bridge),
    options.plainVif ? host.files.placeContent(Buffer.from(VIF_SCRIPT), '0700') : null,
  ]);
  const network = orThrow(await networkSettings(spec.address, orThrow(addresses), options.gateway));
  // A domain that an earlier call has made after all must be found with the secret that it was made with.
  const earlier = await readDomainRecord(options.stateDir, spec.id);
  const token = ownImage(spec) === null ? (earlier?.token ?? randomBytes(TOKEN_BYTES).toString('hex')) : '';
  const boot = imageBootOf(spec, network) ?? pageBoot(options.kernel, spec, network, token);
  const [kernel, ramdisk, ...disks] = await Promise.all(
    [boot.kernel, boot.initrd, ...boot.disks].map((file) => (file === null ? null : host.files.place(file))),
  );
  const misfit = [script, kernel, ramdisk, ...disks]
    .map((path) => unwritable(orThrow(path ?? null)))
    .concat(unquotable(boot.commandLine))
    .find((why) => why !== null);
  if (misfit !== undefined && misfit !== null) throw new StartError({ class: 'config', message: misfit });
  const { owner, page, address, port } = spec;
  const config = formatDomainConfig(
    {
      name: spec,
      type: orThrow(await typeOf(boot.kernel)),
      kernel: orThrow(kernel) ?? '',
      ramdisk: orThrow(ramdisk) ?? null,
      commandLine: boot.commandLine,
      disks: disks.map((disk) => orThrow(disk) ?? ''),
      memory: memoryFor(spec.memory, bundle.size),
      mac: macOf(address),
      bridge: options.bridge,
      script: orThrow(script),
    },
    { owner, host: host.name, page, address, port, token },
  );
  return orThrow(await writeConfig(options, host, spec, config));
}

/** The page kernel, with the page as its boot module. */
function pageBoot(kernel: string, spec: ReplicaSpec, network: NetworkSettings, token: string): ImageBoot {
  return {
    kernel,
    commandLine: formatCommandLine({
      'hotzone.id': spec.id,
      'hotzone.owner': spec.owner,
      ...network,
      'hotzone.port': String(spec.port),
      'hotzone.token': token,
    }),
    initrd: spec.bundleFile,
    disks: [],
  };
}

/** By what the kernel says; one that does not is started as most are now. */
async function typeOf(kernel: string): Promise<DomainType | DriverFailure> {
  try {
    return kernelType(await readFile(kernel)) ?? 'pvh';
  } catch (error) {
    return failureOf(error);
  }
}

/** In the state folder in any case: it says where the domain is, before it is there. */
async function writeConfig(
  { stateDir }: XlDriverOptions,
  host: Host,
  spec: ReplicaSpec,
  config: string,
): Promise<string | DriverFailure> {
  const file = resolve(domainFiles(stateDir, spec.id).config);
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await writeFile(file, config, { mode: 0o600 });
  } catch (error) {
    return failureOf(error);
  }
  if (host.dom0.isHere) return file;
  const there = configAt(host.dom0, domainName(spec));
  return (await host.files.write(there, config)) ?? there;
}
