import { didYouMean } from '../../likely';
import { attributesFor, valueProblem } from '../attributes';
import { studioId } from '../tables';
import type { StudioAttribute, StudioValue } from '../types';
import type { Place, Problems } from './problems';

/** `T` without the keys that hold undefined. */
export type Given<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** Leaves out what was left out. */
export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** Names of one kind that a description may use: `status`, `user` … */
type Kinds = Readonly<Record<string, readonly string[]>>;

/** What checks of single entries share: the names that exist, the ids that are taken, the attributes. */
export class Desk {
  readonly problems: Problems;
  private readonly kinds: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly attributes: readonly StudioAttribute[];
  private readonly ids = new Map<string, Place>();
  private readonly fitting = new Map<string, ReadonlyMap<string, StudioAttribute>>();

  constructor(problems: Problems, kinds: Kinds, attributes: readonly StudioAttribute[]) {
    this.problems = problems;
    this.kinds = new Map(Object.entries(kinds).map(([kind, names]) => [kind, new Set(names)]));
    this.attributes = attributes;
  }

  /** The name itself, told to be wrong when nothing of that kind is called so. */
  known<Name extends string | undefined>(kind: string, name: Name, place: Place): Name {
    const names = this.kinds.get(kind) ?? new Set();
    if (name !== undefined && !names.has(name)) {
      this.problems.add(
        place,
        `${JSON.stringify(name)} is no ${kind} of this studio${didYouMean(name, names)}`,
      );
    }
    return name;
  }

  allKnown<Names extends readonly string[] | undefined>(kind: string, names: Names, place: Place): Names {
    for (const [index, name] of (names ?? []).entries()) {
      this.known(kind, name, [...place, index]);
    }
    return names;
  }

  /** The id that was given, else one that is the same for the same text. */
  id(sent: string | undefined, text: string, place: Place): string {
    const id = sent ?? studioId(text);
    if (this.ids.has(id)) {
      this.problems.add(place, 'its id is taken by another entry; give it a name or an id of its own');
    }
    this.ids.set(id, place);
    return id;
  }

  /** Checks values against the attributes that such an entity has. */
  values(
    holder: { readonly type: string; readonly project: string | undefined },
    values: Readonly<Record<string, StudioValue>> | undefined,
    place: Place,
  ): void {
    const entries = Object.entries(values ?? {});
    if (entries.length === 0) {
      return;
    }
    const kind = `${holder.type}/${holder.project ?? ''}`;
    const attributes = this.fitting.get(kind) ?? attributesFor(this.attributes, holder);
    this.fitting.set(kind, attributes);
    for (const [key, value] of entries) {
      const attribute = attributes.get(key);
      if (attribute) {
        const problem = valueProblem(attribute, value);
        if (problem !== undefined) {
          this.problems.add([...place, key], problem);
        }
      } else {
        const hint = didYouMean(key, attributes.keys());
        this.problems.add(
          [...place, key],
          `a ${holder.type} has no custom attribute ${JSON.stringify(key)}${hint}`,
        );
      }
    }
  }

  /** Tells which of these names are there twice, whatever their case. */
  unique(names: readonly string[], what: string, place: (index: number) => Place): void {
    const seen = new Set<string>();
    for (const [index, name] of names.entries()) {
      if (seen.has(name.toLowerCase())) {
        this.problems.add(
          place(index),
          `${JSON.stringify(name)} is there twice; each ${what} needs a name of its own`,
        );
      }
      seen.add(name.toLowerCase());
    }
  }
}
