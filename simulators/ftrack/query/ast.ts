/** One step of a dotted path; `cast` narrows what the attribute leads to. */
export interface PathStep {
  readonly name: string;
  readonly cast: string | undefined;
}

export type Path = readonly PathStep[];

export type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | 'like' | 'not_like';

/** null is the bareword None. */
export type Literal = string | null;

/** `and` and `or` hold all their parts side by side, so that long chains nest no deeper than short ones. */
export type Condition =
  | { readonly kind: 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly inner: Condition }
  | PathCondition;

export type PathCondition =
  /** `has (…)` and `any (…)`; without a condition they test presence. */
  | { readonly kind: 'some'; readonly path: Path; readonly inner: Condition | undefined }
  | { readonly kind: 'compare'; readonly path: Path; readonly operator: Operator; readonly value: Literal }
  | {
      readonly kind: 'in';
      readonly path: Path;
      readonly negated: boolean;
      readonly values: readonly Literal[] | Query;
    };

export interface Order {
  readonly path: Path;
  readonly descending: boolean;
}

export const aggregateNames = ['sum', 'avg', 'min', 'max', 'count'] as const;

export type AggregateName = (typeof aggregateNames)[number];

/** `count(id)` and the like in a selection. */
export interface Aggregate {
  readonly name: AggregateName;
  readonly path: Path;
}

export interface Query {
  /** Empty, and no aggregates: the default projections. */
  readonly projections: readonly Path[];
  readonly aggregates: readonly Aggregate[];
  readonly entityType: string;
  readonly where: Condition | undefined;
  readonly order: readonly Order[];
  readonly group: readonly Path[];
  readonly offset: number;
  readonly limit: number | undefined;
}

/** The path as it is written in an expression. */
export function pathText(path: Path): string {
  return path.map(({ name, cast }) => (cast === undefined ? name : `${name}[${cast}]`)).join('.');
}
