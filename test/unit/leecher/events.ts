/** An `ftrack.update` shaped as captured ones: extra fields, legacy names, `sent` null. */
export function updateEvent(data: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: '5f2e1c2a9b6b4c0f8a3d1e7b9c4d2f10',
    topic: 'ftrack.update',
    sent: null,
    target: '',
    inReplyToEvent: null,
    source: { id: 'hub-9', applicationId: 'ftrack.client.web', user: { username: 'bob' } },
    data: {
      clientToken: 'ftrack-web',
      pushToken: null,
      parents: ['shot-1', 'project-1'],
      user: { userid: 'user-1', name: 'bob' },
      entities: [
        {
          action: 'update',
          entityId: 'shot-1',
          entityType: 'task',
          entity_type: 'Shot',
          objectTypeId: 'type-shot',
          parentId: 'seq-1',
          keys: ['statusid'],
          changes: { statusid: { old: 's1', new: 's2' } },
          parents: [
            { entityId: 'shot-1', entityType: 'task', entity_type: 'Shot', parentId: 'seq-1' },
            { entityId: 'project-1', entityType: 'show', entity_type: 'Project', parentId: null },
          ],
          unknown: { to: ['us'] },
        },
      ],
      ...data,
    },
  };
}
