/** Whose domain it is, in the hypervisor's own records: its name, beside the UUID, which is the replica's id. */
export interface DomainName {
  readonly owner: string;
  /** A UUID. */
  readonly id: string;
}

const FORM = /^hotzone\.([\w-]+)\.([\w-]+)$/;

/** xl(1) takes a name that is a number for a domain's number, hence the word before. */
export function domainName({ owner, id }: DomainName): string {
  return `hotzone.${owner}.${id}`;
}

/** `null` unless `domainName` wrote it. */
export function parseDomainName(name: string): DomainName | null {
  const [, owner, id] = FORM.exec(name) ?? [];
  return owner === undefined || id === undefined ? null : { owner, id };
}
