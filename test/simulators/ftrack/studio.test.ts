import type { Studio } from '../../../simulators/studio';
import { generateStudio, sampleStudio } from '../../../simulators/studio';

function problems(studio: Studio): string[] {
  const found: string[] = [];
  const ids = new Set<string>();
  const statuses = new Set(studio.statuses.map(({ name }) => name));
  const types = new Set(studio.taskTypes.map(({ name }) => name));
  const users = new Set(studio.users.map(({ username }) => username));
  for (const project of studio.projects) {
    const known = new Set<string>();
    const names = new Set<string>();
    for (const entity of project.entities) {
      const sibling = `${entity.parent ?? ''}/${entity.name.toLowerCase()}`;
      const checks: [boolean, string][] = [
        [ids.has(entity.id), 'id is not unique'],
        [names.has(sibling), 'name is not unique'],
        [entity.parent !== null && !known.has(entity.parent), 'parent is not before it'],
        [entity.status !== undefined && !statuses.has(entity.status), 'status is unknown'],
        [entity.taskType !== undefined && !types.has(entity.taskType), 'type is unknown'],
        [entity.assignees?.some((name) => !users.has(name)) ?? false, 'assignee is unknown'],
      ];
      found.push(...checks.filter(([isWrong]) => isWrong).map(([, text]) => `${entity.name}: ${text}`));
      ids.add(entity.id);
      names.add(sibling);
      known.add(entity.id);
    }
  }
  return found;
}

describe('studio descriptions', () => {
  test('the sample holds together and is the same every time', () => {
    const studio = sampleStudio();
    expect(problems(studio)).toEqual([]);
    expect(studio.projects.map(({ entities }) => entities.length)).toEqual([46, 24]);
    expect(sampleStudio()).toEqual(studio);
    expect(studio.projects[0]?.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test('a generated one has the wanted size, and differs only with the seed', () => {
    const options = { projects: 2, entitiesPerProject: 3000, seed: 3 };
    const studio = generateStudio(options);
    expect(problems(studio)).toEqual([]);
    expect(studio.projects.map(({ entities }) => entities.length)).toEqual([3000, 3000]);
    expect(generateStudio(options)).toEqual(studio);
    expect(generateStudio({ ...options, seed: 4 })).not.toEqual(studio);
  });

  test('one at work has people, publishes and notes besides, and depends on nothing but its number', () => {
    const options = { entities: 9000, seed: 11 };
    const studio = generateStudio(options);
    expect(problems(studio)).toEqual([]);
    const count = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
    expect(count(studio.projects.map(({ entities }) => entities.length))).toBe(9000);
    const [first] = studio.projects;
    const kinds = new Set(first?.entities.map(({ type }) => type));
    expect([...kinds].toSorted()).toEqual(['AssetBuild', 'Episode', 'Folder', 'Sequence', 'Shot', 'Task']);
    expect(studio.users.length).toBeGreaterThan(5);
    const ids = new Set(first?.entities.map(({ id }) => id));
    for (const { parent, versions } of first?.assets ?? []) {
      expect(ids.has(parent) && versions.every(({ task = '' }) => ids.has(task))).toBe(true);
    }
    expect(first?.notes?.length).toBeGreaterThan(50);
    expect(generateStudio(options)).toEqual(studio);
    expect(generateStudio({ ...options, seed: 12 })).not.toEqual(studio);
  });
});
