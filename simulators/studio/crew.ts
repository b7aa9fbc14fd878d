import type { Random } from './random';
import { studioId, studioUsers } from './tables';
import type { StudioGroup, StudioUser } from './types';
import { firstNames, lastNames } from './vocabulary';

/** Departments and the types of tasks that their people work on. */
const departments: Readonly<Record<string, readonly string[]>> = {
  Assets: ['Concept Art', 'Modeling', 'Rigging', 'Texture', 'Lookdev'],
  Animation: ['Layout', 'Animation'],
  Lighting: ['FX', 'Lighting', 'Matte Painting'],
  Compositing: ['Compositing', 'Generic'],
};

const entitiesPerPerson = 1500;
const mostPeople = 60;

function artist(index: number): StudioUser {
  const firstName = firstNames[index % firstNames.length] ?? '';
  const lastName = lastNames[Math.floor(index / firstNames.length) % lastNames.length] ?? '';
  const plain = `${firstName}.${lastName}`.normalize('NFD').replaceAll(/[^a-zA-Z.]/g, '');
  const username = `${plain.toLowerCase()}${index}`;
  return {
    id: studioId(`user/${username}`),
    username,
    email: `${username}@studio.example`,
    firstName,
    lastName,
  };
}

/** The people of a studio and who does which work. */
export class Crew {
  readonly users: readonly StudioUser[];
  readonly groups: readonly StudioGroup[];

  /** The people of the sample studio and, with more work, as many more as are needed. */
  constructor(entities: number) {
    const wanted = Math.min(mostPeople, Math.ceil(entities / entitiesPerPerson)) - studioUsers.length;
    this.users = [
      ...studioUsers,
      ...Array.from({ length: Math.max(0, wanted) }, (_, index) => artist(index)),
    ];
    const names = Object.keys(departments);
    this.groups = names.map((name, place) => ({
      id: studioId(`group/${name}`),
      name,
      members: this.users
        .filter((_, index) => index % names.length === place)
        .map(({ username }) => username),
    }));
  }

  /** One or two people of the department that does such tasks. */
  assignees(taskType: string, random: Random): string[] {
    const group = this.groups.find(({ name }) => departments[name]?.includes(taskType)) ?? this.groups[0];
    const first = random.pick(group?.members ?? []);
    const second = random.pick(group?.members ?? []);
    return random.chance(0.15) && first !== second ? [first, second] : [first];
  }
}
