import type { Representation } from './bundle.js';

/** An element of Accept-Encoding (RFC 9110 section 12.5.3): a coding or `*`, maybe with a weight of at most three decimals. */
const ELEMENT = /^([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;
/** Identity is acceptable unless it is excluded, but nobody asked for it. */
const UNASKED = 0.0001;

/**
 * The representation that suits Accept-Encoding best (RFC 9110 section 12.5.3): the largest weight, then the smallest
 * body. `null` when every one is excluded; elements that cannot be read are ignored.
 */
export function selectRepresentation(
  representations: readonly Representation[],
  acceptEncoding: string | undefined,
): Representation | null {
  const [identity] = representations;
  // RFC 9110 allows any coding when the field is absent; a client that does not say what it reads gets it plain.
  if (acceptEncoding === undefined) return identity ?? null;
  const weights = parseWeights(acceptEncoding);
  let best: { readonly representation: Representation; readonly weight: number } | null = null;
  for (const representation of representations) {
    const weight = weightOf(weights, representation.encoding);
    if (weight === 0 || (best !== null && weight < best.weight)) continue;
    if (
      best === null ||
      weight > best.weight ||
      representation.body.length < best.representation.body.length
    ) {
      best = { representation, weight };
    }
  }
  return best?.representation ?? null;
}

function weightOf(weights: ReadonlyMap<string, number>, encoding: string): number {
  const weight = weights.get(encoding) ?? weights.get('*');
  return weight ?? (encoding === 'identity' ? UNASKED : 0);
}

function parseWeights(acceptEncoding: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const element of acceptEncoding.split(',')) {
    const [, coding, weight] = ELEMENT.exec(element.trim()) ?? [];
    if (coding === undefined) continue;
    const name = coding.toLowerCase();
    // RFC 9110 section 8.4.1.3: x-gzip is gzip.
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight === undefined ? 1 : Number(weight));
  }
  return weights;
}
