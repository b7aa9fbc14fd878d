import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { NAMED_MEMO, WORKFLOW } from '../../contracts/names';
import type { Accepted } from '../../domain/model';

const Memo = z.object({
  event: z.string(),
  at: z.number(),
  named: z.record(z.string(), z.union([z.array(z.string()), z.literal('*')])),
});

const PAGE = 1000;

/** Every event of which a workflow was started since then, open or closed. @param since ms since epoch */
export async function acceptedSince(client: Client, since: number): Promise<Accepted[]> {
  const from = new Date(Math.max(0, since)).toISOString();
  const found: Accepted[] = [];
  const query = `WorkflowType = '${WORKFLOW.event}' AND StartTime >= '${from}'`;
  for await (const { memo } of client.workflow.list({ query, pageSize: PAGE })) {
    const event = Memo.safeParse(memo?.[NAMED_MEMO]);
    if (event.success) {
      found.push(event.data);
    }
  }
  return found;
}
