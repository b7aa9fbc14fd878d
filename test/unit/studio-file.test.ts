import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseStudio, readStudioFile } from '../../simulators/studio/file';

const EXAMPLE = path.resolve(__dirname, '../../simulators/examples/studio.yaml');

/** The lines that a description is refused with. */
function complaints(text: string): string[] {
  try {
    parseStudio(text, 'studio.yaml');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('descriptions of studios', () => {
  test('one that says nothing is the sample studio without projects', () => {
    const studio = parseStudio('', 'studio.yaml');
    expect(studio.projects).toEqual([]);
    expect(studio.users.map(({ username }) => username)).toContain('bob');
    expect(studio.attributes.map(({ key }) => key)).toContain('ayon_id');
  });

  test('ids are made from names, so that the same description gives the same studio', () => {
    const text = readFileSync(EXAMPLE, 'utf8');
    const studio = parseStudio(text, 'studio.yaml');
    expect(parseStudio(`# a comment\n${text}`, 'other.yaml')).toEqual(studio);
    const [film] = studio.projects;
    const task = film?.entities.find(({ name }) => name === 'compositing');
    const animation = film?.entities.find(({ name }) => name === 'animation');
    expect(task?.after).toEqual([animation?.id]);
    expect(animation?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(film?.assets?.flatMap(({ versions }) => versions.map(({ version }) => version))).toEqual([
      1, 1, 2,
    ]);
  });

  test('all wrong names are told at once, with their place and the likely one', () => {
    const text = [
      'users: [{ username: bob }]',
      'projects:',
      '  - name: film',
      '    schema: VFX',
      '    entities:',
      '      - { type: Folder, name: assets }',
      '      - { type: Folder, name: Assets }',
      '      - { type: Foldr, name: x }',
      '      - type: Shot',
      '        name: sh010',
      '        status: Aproved',
      '        attributes: { fsp: 24, frameStart: one, department: [2d, 4d], fstart: 1.5 }',
      '        children:',
      '          - { type: Task, name: fx, assignees: [bobb], after: [sh010/fy], children: [{ type: Task, name: x }] }',
      '        assets: [{ name: a, type: Geometri, versions: [{ task: nowhere, components: [main.exr] }] }]',
      '    lists: [{ name: Dailies, of: versions, items: [sh010/a/v2] }]',
    ].join('\n');
    expect(complaints(text)).toEqual([
      'studio.yaml:7:31 projects[0].entities[1].name: "Assets" is there twice; each entity of one parent needs a name of its own.',
      'studio.yaml:8:17 projects[0].entities[2].type: "Foldr" is no object type of this studio; did you mean "Folder"?',
      'studio.yaml:11:17 projects[0].entities[3].status: "Aproved" is no status of this studio; did you mean "Approved"?',
      'studio.yaml:12:28 projects[0].entities[3].attributes.fsp: a Shot has no custom attribute "fsp"; did you mean "fps"?',
      'studio.yaml:12:44 projects[0].entities[3].attributes.frameStart: must be a whole number.',
      'studio.yaml:12:61 projects[0].entities[3].attributes.department: "4d" is none of its options (2d, 3d, office).',
      'studio.yaml:12:79 projects[0].entities[3].attributes.fstart: must be a whole number.',
      'studio.yaml:14:49 projects[0].entities[3].children[0].assignees[0]: "bobb" is no user of this studio; did you mean "bob"?',
      'studio.yaml:14:64 projects[0].entities[3].children[0].after[0]: "sh010/fy" is no entity of project film; did you mean "sh010/fx"?',
      'studio.yaml:14:85 projects[0].entities[3].children[0].children: nothing can be below a Task.',
      'studio.yaml:15:35 projects[0].entities[3].assets[0].type: "Geometri" is no asset type of this studio; did you mean "Geometry"?',
      'studio.yaml:15:64 projects[0].entities[3].assets[0].versions[0].task: "nowhere" is no entity of project film; write the path below the project, as in sq010/sh010/animation.',
      'studio.yaml:16:52 projects[0].lists[0].items[0]: "sh010/a/v2" is no version of project film; did you mean "sh010/a/v1"?',
    ]);
  });

  test.each([
    [
      'projects: [',
      'studio.yaml:1:12 is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['- a', 'studio.yaml:1:1 the description: must be a group of keys, not ["a"].'],
    ['projects:\n  - nam: x', 'studio.yaml:2:5 projects[0].name: must be given.'],
    [
      'projects:\n  - name: x\n    staus: active',
      'studio.yaml:3:12 projects[0].staus: has no key "staus"; did you mean "status"?',
    ],
    [
      'projects:\n  - name: 010',
      'studio.yaml:2:11 projects[0].name: must be a text, not 10; put it in quotes.',
    ],
    [
      'projects: [{ name: x, endDate: 2026-02-31 }]',
      'studio.yaml:1:32 projects[0].endDate: must be a day like 2026-03-31.',
    ],
    [
      'users: [{ username: bob }, { username: Bob }]',
      'studio.yaml:1:40 users[1].username: "Bob" is there twice; each user needs a name of its own.',
    ],
    [
      'users: [{ username: bob, roles: [Artist] }]',
      'studio.yaml:1:34 users[0].roles[0].role: "Artist" is no role of this studio.',
    ],
    [
      'statuses: [{ name: Done, state: FINISHED }]',
      'studio.yaml:1:33 statuses[0].state: "FINISHED" is none of NOT_STARTED, IN_PROGRESS, BLOCKED, DONE.',
    ],
    [
      'projectSchemas: [{ name: A, taskStatusesByType: { FX: [Nope] } }]',
      'studio.yaml:1:56 projectSchemas[0].taskStatusesByType.FX[0]: "Nope" is no status of this studio.',
    ],
    [
      'projects: [{ name: a, entities: &all [{ type: Folder, name: b, children: *all }] }]',
      'studio.yaml:1:1 is no description: an alias in it leads to what contains the alias.',
    ],
    [
      'attributes: [{ key: a, type: enumerator, hierarchical: true, options: [x], default: y }]',
      'studio.yaml:1:85 attributes[0].default: "y" is none of its options (x).',
    ],
    [
      'objectTypes: [{ name: "--" }]',
      'studio.yaml:1:23 objectTypes[0].name: must begin with a letter from A to Z.',
    ],
  ])('%j is refused', (text, message) => {
    expect(complaints(text)[0]).toBe(message);
  });

  test('a missing file is told in a sentence', () => {
    expect(() => readStudioFile('nowhere/studio.yaml')).toThrow(
      'nowhere/studio.yaml: there is no such file; --seed takes the description of a studio in YAML.',
    );
  });
});
