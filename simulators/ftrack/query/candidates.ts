import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import { typeIndex } from '../store/table';

/** Rows among which everything that a condition accepts is found, read only as far as somebody looks. */
export interface Candidates {
  /** How many rows at most. */
  readonly size: number;
  readonly rows: () => Iterable<Row>;
  /** The one index entry that holds exactly these rows. */
  readonly entry?: { readonly column: string; readonly value: string | number };
}

type Sized = Iterable<Row> & ({ readonly size: number } | { readonly length: number });

const sizeOf = (part: Sized): number => ('size' in part ? part.size : part.length);

function* chained(parts: Iterable<Iterable<Row>>): Iterable<Row> {
  for (const part of parts) {
    yield* part;
  }
}

function* distinct(rows: Iterable<Row>): Iterable<Row> {
  const seen = new Set<Row>();
  for (const row of rows) {
    if (!seen.has(row)) {
      seen.add(row);
      yield row;
    }
  }
}

/** Parts that have no row in common, as the entries of one index. */
export function disjoint(parts: readonly Sized[]): Candidates {
  return { size: parts.reduce((sum, part) => sum + sizeOf(part), 0), rows: () => chained(parts) };
}

export function either(parts: readonly Candidates[]): Candidates {
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    rows: () => distinct(chained(parts.map((part) => part.rows()))),
  };
}

export function smaller(left: Candidates | undefined, right: Candidates | undefined): Candidates | undefined {
  if (!left || !right) {
    return left ?? right;
  }
  return right.size < left.size ? right : left;
}

/** All stored rows of a type and its subtypes. */
export function ofType(reader: Reader, type: string): Candidates {
  const table = reader.store.tableOf(type);
  const [first = type, ...others] = reader.store.registry.subtypes(type);
  const candidates = disjoint([first, ...others].map((subtype) => table.where(typeIndex, subtype)));
  return others.length === 0 ? { ...candidates, entry: { column: typeIndex, value: first } } : candidates;
}
