import type { Data, Draft } from '../../../src/domain/draft';
import { keptParts } from '../../../src/domain/kept';
import type { AyonEdit, AyonNode, FtrackEntity } from '../../../src/domain/model';
import type { EntityScope } from '../../../src/domain/scope';
import { View } from '../../../src/domain/view';

const ME = 'service';
const NODE = 'aa'.repeat(16);

const node = (updatedBy: string | null): AyonNode => ({
  kind: 'task',
  id: NODE,
  name: 'comp',
  label: null,
  type: 'Compositing',
  parentId: 'bb'.repeat(16),
  path: '/sh010/comp',
  active: true,
  status: 'Not ready',
  assignees: [],
  attrib: {},
  ownAttrib: [],
  hasVersions: false,
  updatedBy,
  updatedAt: '2026-05-01T00:00:00+00:00',
});

const entity = { id: '6ca85da1-76a9-5465-8b08-becb5176d5dc', objectTypeId: 'task' } as FtrackEntity;

const scope = (more: Partial<EntityScope> = {}): EntityScope => ({
  id: entity.id,
  removed: false,
  added: false,
  whole: true,
  fields: new Set(),
  keys: new Set(),
  words: [],
  above: [],
  ...more,
});

/** ftrack's `fstart` fills `frameStart` of every entity. */
const RULES = [{ attribute: { name: 'frameStart' }, sources: [{ key: 'fstart', hierarchical: true }] }];

const edit = (user: string | null, what: string, ...attributes: string[]): AyonEdit => ({
  nodeId: NODE,
  user,
  what,
  attributes,
});

interface Story {
  readonly updatedBy?: string | null;
  /** The newest first; undefined: not read yet. */
  readonly edits?: readonly AyonEdit[];
  readonly data?: Data;
  readonly scope?: Partial<EntityScope>;
  readonly linked?: boolean;
}

const EVERYTHING: Data = {
  name: 'comp2',
  label: 'comp 2',
  taskType: 'Paint',
  status: 'Approved',
  folderId: 'cc'.repeat(16),
  assignees: ['kenji'],
  active: true,
  attrib: { description: 'new', frameStart: 1, ftrackPath: 'a/b' },
};

const PARTS = [
  'name',
  'type',
  'status',
  'parent',
  'assignees',
  'active',
  'attrib.description',
  'attrib.frameStart',
];

function judge({ updatedBy = ME, edits, data = EVERYTHING, linked = false, ...story }: Story) {
  const view = new View();
  const about = node(updatedBy);
  if (edits !== undefined) {
    view.edits(about);
    view.learn({
      contexts: [],
      whereabouts: [],
      assignments: [],
      values: [],
      nodes: [],
      own: new Map(),
      edits: new Map([[NODE, edits]]),
    });
  }
  const draft = { view, facts: { me: ME, rules: RULES }, notes: new Set<string>() } as unknown as Draft;
  const kept = keptParts(draft, { scope: scope(story.scope), entity, node: about, linked, data });
  return { kept: kept && [...kept], notes: [...draft.notes], asks: view.needs.edits.has(NODE) };
}

describe('of an entity whose event does not say what changed', () => {
  test.each<[string, Data, readonly AyonEdit[]]>([
    ['name', { name: 'x' }, [edit('bob', 'renamed')]],
    ['name', { label: 'x y' }, [edit('bob', 'label_changed')]],
    ['name', { name: 'x', label: 'x y' }, [edit('bob', 'label_changed'), edit(ME, 'renamed')]],
    ['type', { taskType: 'x' }, [edit('bob', 'type_changed')]],
    ['objectType', { folderType: 'x' }, [edit('bob', 'type_changed')]],
    ['status', { status: 'x' }, [edit('bob', 'status_changed')]],
    ['parent', { folderId: 'x' }, [edit('bob', 'folder_changed')]],
    ['parent', { parentId: 'x' }, [edit('bob', 'parent_changed')]],
    ['assignees', { assignees: ['x'] }, [edit('bob', 'assignees_changed')]],
    ['active', { active: true }, [edit('bob', 'active_changed')]],
    ['attrib.description', { attrib: { description: 'x' } }, [edit('bob', 'attrib_changed', 'description')]],
    [
      'attrib.frameStart',
      { attrib: { frameStart: 1 } },
      [edit('bob', 'attrib_changed', 'fps', 'frameStart')],
    ],
  ])('%s stays when a person changed it after us, whoever wrote last: %j', (part, data, edits) => {
    const ours = edit(ME, 'tags_changed');

    expect(judge({ data, edits: [ours, ...edits] }).kept).toEqual([part]);
    expect(judge({ data, edits: [...edits, ours], updatedBy: 'bob' }).kept).toEqual([part]);
  });

  test.each<[string, readonly AyonEdit[]]>([
    ['status_changed', [edit(ME, 'status_changed'), edit('bob', 'status_changed')]],
    ['created', [edit(ME, 'created'), edit('bob', 'status_changed')]],
  ])(
    'what we wrote after the person is written, although a person wrote something else last: %s',
    (_, older) => {
      const edits = [edit('bob', 'attrib_changed', 'description'), ...older];

      const { kept, notes } = judge({
        edits,
        updatedBy: 'bob',
        data: { status: 'x', attrib: { description: 'y' } },
      });

      expect(kept).toEqual(['attrib.description']);
      expect(notes).toEqual([
        'sh010/comp keeps what bob changed in AYON (description), the event does not say what changed in ftrack',
      ]);
    },
  );

  test('each person is named with what is theirs', () => {
    const edits = [
      edit('aicha', 'status_changed'),
      edit('bob', 'attrib_changed', 'frameStart'),
      edit(ME, 'created'),
    ];

    expect(judge({ edits, updatedBy: 'aicha' })).toMatchObject({
      kept: ['status', 'attrib.frameStart'],
      notes: [
        expect.stringContaining('keeps what aicha changed in AYON (status)'),
        expect.stringContaining('keeps what bob changed in AYON (frameStart)'),
      ],
    });
  });

  test.each<[string, Story, readonly string[]]>([
    ['no events, a person wrote last', { edits: [], updatedBy: 'bob' }, PARTS],
    ['no events, we wrote last', { edits: [] }, []],
    ['no events, nobody is named', { edits: [], updatedBy: null }, []],
    ['none of these, a person wrote last', { edits: [edit('bob', 'tags_changed')], updatedBy: 'bob' }, PARTS],
    ['none of these, we wrote last', { edits: [edit(ME, 'tags_changed')] }, []],
    ["the last writer's is not stored yet", { edits: [edit(ME, 'created')], updatedBy: 'bob' }, PARTS],
    [
      'there was more than was read',
      { edits: [edit(ME, 'tags_changed'), edit('somebody', 'earlier')] },
      PARTS,
    ],
  ])('where the log does not tell, the last writer of the node decides: %s', (_, story, kept) => {
    expect(judge(story).kept).toEqual(kept);
  });

  test('what a person made was brought over when it was paired: only what is newer stays', () => {
    const edits = [edit('bob', 'attrib_changed', 'frameStart'), edit(ME, 'attrib_changed', 'ftrackId')];

    expect(judge({ edits: [...edits, edit('bob', 'created')], updatedBy: 'bob' }).kept).toEqual([
      'attrib.frameStart',
    ]);
  });

  test('an event that names no user is no word about the part: the last writer decides', () => {
    const edits = [edit('bob', 'tags_changed'), edit(null, 'status_changed')];

    expect(judge({ edits, updatedBy: 'bob', data: { status: 'x' } }).kept).toEqual(['status']);
    expect(judge({ edits, updatedBy: ME, data: { status: 'x' } }).kept).toEqual([]);
  });

  test('what another entry names is written all the same', () => {
    const fields = ['name', 'status', 'parent', 'description'] as const;
    const named = { fields: new Set(fields), keys: new Set(['fstart']) };

    expect(judge({ edits: [], updatedBy: 'bob', scope: named }).kept).toEqual(['type', 'assignees']);
  });
});

describe("AYON's log is", () => {
  test('asked for when something differs, and what stays is not said before', () => {
    expect(judge({ updatedBy: 'bob' })).toEqual({ kept: undefined, notes: [], asks: true });
  });

  test.each<[string, Story]>([
    ['nothing differs', { data: {} }],
    ["nothing differs but the integration's own attributes", { data: { attrib: { ftrackPath: 'a/b' } } }],
    ['everything that differs is named', { data: { status: 'x' }, scope: { fields: new Set(['status']) } }],
    ['the event says what changed', { scope: { whole: false } }],
    ['the pair was made just now', { linked: true }],
  ])('not asked when %s', (_, story) => {
    expect(judge({ updatedBy: 'bob', ...story })).toEqual({ kept: [], notes: [], asks: false });
  });
});
