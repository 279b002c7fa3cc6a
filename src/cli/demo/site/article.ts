/** One article of the demo's site. */
export interface Article {
  /** Its folder: the article is the `index.html` in it. */
  readonly folder: string;
  readonly title: string;
  readonly date: string;
  /** Last folders of the category pages that list it. */
  readonly categories: readonly string[];
  readonly summary: string;
  readonly body: string;
}
