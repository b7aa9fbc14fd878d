import type { SEARCH_ATTRIBUTES } from '../contracts/names';

/** An upsert of one of our search attributes; all are keywords. */
export const keyword = (name: keyof typeof SEARCH_ATTRIBUTES, value: string) => ({
  key: { name, type: 'KEYWORD' as const },
  value,
});
