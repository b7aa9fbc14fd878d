import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyBuild } from '../support/builds';
import type { Promised } from './judge';

/** A defect put into a copy of the build: the checker must find it. */
export interface Planted {
  readonly promise: Promised;
  readonly what: string;
  /** Files of `dist`, the text in them that is right, and what it becomes. */
  readonly edits: readonly { readonly file: string; readonly from: RegExp; readonly to: string }[];
}

export const PLANTED: readonly Planted[] = [
  {
    promise: 'L',
    what: "the gap fill takes every row of ftrack's log for told",
    edits: [{ file: 'domain/event-log.js', from: /return mayCome \|\| [^;]*;/, to: "return 'known';" }],
  },
  {
    promise: 'C',
    what: 'a value that was unset in ftrack stays in AYON',
    edits: [
      {
        file: 'domain/settle.js',
        from: /own\.has\(name\) === \(value === null\)/,
        to: 'value !== null && !own.has(name)',
      },
    ],
  },
  {
    promise: 'C',
    what: 'a turn covers the events behind it without working on them',
    edits: [
      {
        file: 'activities/group.js',
        from: /await step\(\{ \.\.\.input, event: [^}]*\}, context\)/,
        to: 'await step(input, context)',
      },
    ],
  },
  {
    promise: 'D',
    what: 'an event that is delivered again once it was worked on is worked on again',
    edits: [{ file: 'leecher/temporal-starter.js', from: /'REJECT_DUPLICATE'/, to: "'ALLOW_DUPLICATE'" }],
  },
  {
    promise: 'O',
    what: 'the queue forgets a turn as soon as it granted it',
    edits: [
      {
        file: 'workflow-bundle.js',
        from: /await this\.sendGrant\(ticket\.id, turn\);/,
        to: 'await this.sendGrant(ticket.id, turn); this.state.turn = null;',
      },
    ],
  },
  {
    promise: 'I',
    what: 'all projects share one queue',
    edits: [
      {
        file: 'workflow-bundle.js',
        from: /`project-queue\/\$\{project \?\? 'site'\}`/,
        to: "'project-queue/one'",
      },
      {
        file: 'contracts/names.js',
        from: /`project-queue\/\$\{project \?\? 'site'\}`/,
        to: "'project-queue/one'",
      },
    ],
  },
  {
    promise: 'own',
    what: 'an event brings every mapped attribute along, whichever it names',
    edits: [
      {
        file: 'domain/settle.js',
        from: /mappedValues\(draft, subject, scope\.whole \? undefined : scope\.keys\)/,
        to: 'mappedValues(draft, subject)',
      },
    ],
  },
];

/**
 * @param folder an empty one, for the build with the defect @returns its `dist`
 * @throws Error when the right text is not in it exactly once
 */
export function plant({ edits, what }: Planted, folder: string): string {
  const dist = copyBuild(folder);
  for (const { file, from, to } of edits) {
    const target = path.join(dist, file);
    const text = readFileSync(target, 'utf8');
    const places = text.split(from).length - 1;
    if (places !== 1) {
      throw new Error(
        `The defect "${what}" cannot be planted: ${file} of the build has ${places} places that look like ${String(from)}, instead of one. The code there has changed: correct the text in test/faults/checker/planted.ts.`,
      );
    }
    writeFileSync(target, text.replace(from, to));
  }
  return dist;
}
