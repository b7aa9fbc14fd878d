import type { ApiClient, Entity } from './simulator-clients';

/** One kind of query, made anew for each try so that no two are alike. */
export interface QueryKind {
  readonly name: string;
  readonly expression: (round: number) => string;
}

const PAGE = 500;

function idsOf(entities: readonly Entity[]): readonly string[] {
  return entities.map(({ id }) => id);
}

/** @returns as many of them as a page holds, other ones each round */
function some(ids: readonly string[], round: number): string {
  const start = (round * 37) % Math.max(1, ids.length - PAGE);
  return ids
    .slice(start, start + PAGE)
    .map((id) => `"${id}"`)
    .join(', ');
}

const at = (values: readonly string[], round: number): string => values[(round * 61) % values.length] ?? '';

/** What clients ask of a large workspace again and again. */
export async function queryKinds(api: ApiClient): Promise<readonly QueryKind[]> {
  const tasks = await api.query('select id, parent_id from Task order by id limit 5000');
  const shuffled = await api.query('select id from TypedContext order by name limit 5000');
  const lists = idsOf(await api.query('select id from List'));
  const projects = await api.query('select id from Project order by name');
  const ids = idsOf(shuffled);
  const parents = tasks.map(({ parent_id: parent }) => String(parent));
  const project = (round: number): string => at(idsOf(projects), round);
  const context = 'select id, name, parent_id, status_id from TypedContext';
  return [
    { name: `id in (${PAGE} ids)`, expression: (round) => `${context} where id in (${some(ids, round)})` },
    { name: 'parent_id is', expression: (round) => `${context} where parent_id is "${at(parents, round)}"` },
    {
      name: 'project_id is, limit 500',
      expression: (round) => `${context} where project_id is "${project(round)}" limit ${PAGE}`,
    },
    {
      name: 'project_id is, order by id limit 500',
      expression: (round) => `${context} where project_id is "${project(round)}" order by id limit ${PAGE}`,
    },
    { name: 'order by id limit 500', expression: () => `${context} order by id limit ${PAGE}` },
    {
      name: 'id > last, order by id limit 500',
      expression: (round) =>
        `${context} where project_id is "${project(round)}" and id > "${at(ids, round)}" order by id limit ${PAGE}`,
    },
    {
      name: 'assignments of 500 tasks',
      expression: (round) =>
        `select context_id, resource_id from Appointment where context_id in (${some(idsOf(tasks), round)}) and type is "assignment"`,
    },
    {
      name: 'stored values of 500 entities',
      expression: (round) =>
        `select configuration_id, entity_id, value from CustomAttributeValue where entity_id in (${some(ids, round)})`,
    },
    {
      name: 'items of a list',
      expression: (round) => `select entity_id from ListObject where list_id is "${at(lists, round)}"`,
    },
  ];
}
