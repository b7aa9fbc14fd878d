import type { GapFillView } from '../../../src/contracts/gap-fill';
import { GAP_FILL_ID, QUERY } from '../../../src/contracts/names';
import type { Testbed } from '../../../testbed';
import { eventually } from '../../support/eventually';

/** The gap fill begins at the head of ftrack's log: only edits that are made after this are its business. */
export async function untilFirstLook({ client }: Testbed, ms?: number): Promise<void> {
  await eventually(
    'a first look at the log',
    async () => {
      const { sweptAt } = await client.workflow.getHandle(GAP_FILL_ID).query<GapFillView>(QUERY.state);
      return sweptAt !== null;
    },
    ms,
  );
}
