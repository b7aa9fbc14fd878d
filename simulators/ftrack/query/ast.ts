/** One step of a dotted path; `cast` narrows what the attribute leads to. */
export interface PathStep {
  readonly name: string;
  readonly cast: string | undefined;
}

export type Path = readonly PathStep[];

export type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | 'like' | 'not_like';

/** null is the bareword None. */
export type Literal = string | null;

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly inner: Condition }
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

export interface Query {
  /** Empty: the default projections. */
  readonly projections: readonly Path[];
  readonly entityType: string;
  readonly where: Condition | undefined;
  readonly order: readonly Order[];
  readonly offset: number;
  readonly limit: number | undefined;
}
