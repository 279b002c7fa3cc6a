import type { Bundle } from './bundle.js';

/** How host names are made from file names: `post` is the rule of the 2015 post, `flat` gives one label a page. */
export type NamingScheme = 'post' | 'flat';

/** One file of the site, with a host name of its own. */
export interface Page {
  /**
   * Path below the site's folder with a leading slash, as on disk: a `?query` that wget put into the file name is
   * part of it. This is the page's key in policies, metrics, the API and the store.
   */
  readonly path: string;
  /** Absolute host name without the trailing dot, in the letter case of the file's name; compare it lower-cased. */
  readonly host: string;
  /**
   * What a browser asks that host for: `/` and the file's own name, a `?query` included, percent-encoded where a URL
   * needs it (`urlPathOf`), so that it can be compared with a request's target as it comes in.
   */
  readonly urlPath: string;
}

/** A page with everything that is needed to serve it. */
export interface ServedPage extends Page {
  readonly bundle: Bundle;
  /** Absolute path of the encoded bundle, content-addressed and never rewritten: what a replica boots from. */
  readonly bundleFile: string;
}

/** What a look at the folder found to be different; one change is published whole. */
export interface SiteChange {
  readonly added: readonly ServedPage[];
  readonly changed: readonly ServedPage[];
  readonly removed: readonly Page[];
}
