import type { Group } from '../check';
import { attributes } from './attributes';
import { clientGroup } from './client';
import { documents } from './documents';
import { enrolling } from './enroll';
import { entities } from './entities';
import { eventGroup } from './events';
import { graphql } from './graphql';
import { grammar, operations } from './operations';
import { projects } from './projects';
import { server } from './server';
import { settings } from './settings';
import { social } from './social';

/** Everything that is checked, in its order. */
export const GROUPS: readonly Group[] = [
  server,
  attributes,
  projects,
  entities,
  operations,
  grammar,
  graphql,
  clientGroup,
  eventGroup,
  enrolling,
  ...social,
  settings,
  documents,
];
